// `npm run conformance [-- --url ws://host:port/path] [--only utf-8] [--timeout ms] [--write]`: the last line is the sum, and the exit code
// says whether all passed. A server named by --url has to echo.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { renderMarkdown, renderText, summaryLine } from './report.js'
import { countOf, runThemes } from './runner.js'
import { startTocsin } from './servers/tocsin.js'
import { THEMES } from './themes.js'

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    only: { type: 'string' },
    timeout: { type: 'string', default: '3000' },
    write: { type: 'boolean', default: false },
  },
})
const isPartial = values.url !== undefined || values.only !== undefined
if (values.write && isPartial) throw new Error('--write is about all themes, and about Tocsin')

const only = values.only?.toLowerCase() ?? ''
const themes = THEMES.filter(({ name }) => name.toLowerCase().includes(only))
const server = values.url === undefined ? await startTocsin() : undefined
const url = server?.url ?? new URL(values.url!)
const results = await runThemes(themes, { url, timeout: Number(values.timeout) })
for (const result of results) console.log(renderText(result))
if (values.write) writeFileSync(new URL('../../docs/conformance.md', import.meta.url), renderMarkdown(results))
await server?.[Symbol.asyncDispose]()
console.log(summaryLine(results))
process.exitCode = countOf(results).failed > 0 ? 1 : 0
