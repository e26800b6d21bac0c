// `npm run conformance`: all cases against Tocsin, server and client, or against what --url or --against names. The last line is the sum,
// and the exit code says whether all passed.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Column, type ColumnResult, OTHERS, TOCSIN, columnsOf, runColumn } from './columns.js'
import { serializeBaseline } from './report/baseline.js'
import { renderMarkdown } from './report/markdown.js'
import { onlyColumns, summaryLine, tableOf } from './report/table.js'
import { renderCases, renderFailures, renderThemes } from './report/text.js'
import { THEMES } from './themes.js'

const { values } = parseArgs({
  options: {
    /** Any server that echoes. */
    url: { type: 'string' },
    /** That server has RFC 7692, and may not decline what it could accept. */
    compression: { type: 'boolean', default: false },
    /** Another implementation that is installed here: ws. */
    against: { type: 'string' },
    /** The clients, not the servers. */
    client: { type: 'boolean', default: false },
    /** The themes with this in their name. */
    only: { type: 'string', default: '' },
    /** Of one step of a case, in ms. */
    timeout: { type: 'string', default: '5000' },
    /** Every case, not only those that fail. */
    cases: { type: 'boolean', default: false },
    /** Writes docs/conformance.md and baseline.tsv. */
    write: { type: 'boolean', default: false },
  },
})

function columns(): readonly Column[] {
  if (values.url !== undefined) return columnsOf(new URL(values.url), values.compression)
  if (values.write) return [...TOCSIN, ...OTHERS]
  if (values.against === undefined) return values.client ? TOCSIN.filter(({ side }) => side === 'client') : TOCSIN
  if (values.against !== 'ws') throw new Error('--against knows ws')
  return OTHERS.filter(({ side }) => side === (values.client ? 'client' : 'server'))
}

if (values.client && values.url !== undefined) throw new Error('--url is about a server')
const isPart = values.client || (values.url ?? values.against ?? values.only) !== ''
if (values.write && isPart) throw new Error('--write is about all themes, and about Tocsin')
const themes = THEMES.filter(({ name }) => name.toLowerCase().includes(values.only.toLowerCase()))
const results: ColumnResult[] = []
for (const column of columns()) results.push(await runColumn(column, themes, Number(values.timeout)))

const table = tableOf(themes, results)
console.log(renderThemes(table))
if (values.cases) console.log(`\n${renderCases(table)}`)
const failures = renderFailures(themes, results)
if (failures !== '') console.log(`\n${failures}`)
if (values.write) {
  writeFileSync(new URL('../../docs/conformance.md', import.meta.url), renderMarkdown(table))
  writeFileSync(new URL('../baseline.tsv', import.meta.url), serializeBaseline(table))
}
const judged = values.write ? onlyColumns(table, TOCSIN.map(({ name }) => name)) : table
console.log(`\n${summaryLine(judged)}`)
process.exitCode = judged.rows.some(({ verdicts }) => verdicts.includes('FAIL')) ? 1 : 0
