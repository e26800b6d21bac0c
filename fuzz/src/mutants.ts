// `npm run mutants [-- --only utf8,relay] [--seconds 90] [--by fuzz,conformance] [--write]`: core and client with one mistake after the
// other, against the nets in this order, until one catches it. The working tree stays as it is, but for fuzz/mutants/README.md with --write.
// Exit code 1 when one survives.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MUTANTS } from './mutants/list.js'
import { type Catch, catchByConformance, catchByFuzz } from './mutants/nets.js'
import { type Result, renderLine, renderMarkdown, summaryOf } from './mutants/table.js'
import { MutantWorkspace, ROOT } from './mutants/workspace.js'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '90' },
    by: { type: 'string', default: 'fuzz,conformance' },
    write: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const mutants = MUTANTS.filter(({ file, name }) => values.only.split(',').some((part) => `${file}: ${name}`.includes(part)))
if (values.write && mutants.length < MUTANTS.length) throw new Error('--write is about all mutants')

using workspace = new MutantWorkspace()
// What catches the original proves nothing about a mutant
workspace.build()
const falseAlarm = await caughtBy(seconds)
if (falseAlarm !== undefined) throw new Error(`without any mistake: ${falseAlarm.net}: ${falseAlarm.by}`)
const results: Result[] = []
for (const mutant of mutants) {
  workspace.build(mutant)
  const result = { mutant, caught: await caughtBy(seconds) }
  results.push(result)
  console.log(renderLine(result))
}
if (values.write) writeFileSync(join(ROOT, 'fuzz/mutants/README.md'), renderMarkdown(results))
console.log(summaryOf(results))
process.exitCode = results.some(({ caught }) => caught === undefined) ? 1 : 0

/** The fuzz targets first: they need seconds for what the suite, which has to run to its end, needs a minute for. */
async function caughtBy(time: number): Promise<Catch | undefined> {
  for (const net of values.by.split(',')) {
    const caught = net === 'fuzz' ? await catchByFuzz(workspace.fuzz, time) : await catchByConformance(workspace.fuzz)
    if (caught !== undefined) return caught
  }
  return undefined
}
