// `npm run bench`: reads what is asked for, runs it, shows it, keeps it.
import { writeFileSync } from 'node:fs'
import { type Options, USAGE, parseOptions } from './arguments.js'
import { bunVersion, isAvailable } from './catalogue.js'
import { findGenerator } from './load/generator.js'
import { describeMachine } from './machine.js'
import { findPinning } from './measure/pinning.js'
import { writeDocs } from './report/docs.js'
import { headline } from './report/headline.js'
import { Progress } from './report/progress.js'
import { renderRow } from './report/table.js'
import type { Results } from './results.js'
import { QUICK, THOROUGH, run } from './run.js'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: Options
  try {
    options = parseOptions(args)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    return 2
  }
  const results = await bench(options)
  keep(results, options)
  const failed = results.rows.filter(({ failures }) => Object.keys(failures).length > 0)
  for (const { name, failures } of failed) console.error(`failed: ${name}: ${Object.keys(failures).join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

async function bench(options: Options): Promise<Results> {
  const bun = bunVersion()
  const generator = findGenerator()
  const pinning = findPinning()
  const { rounds, isQuick } = options
  const about = { machine: describeMachine(), rounds, isQuick, generator: generator.name, pinning: pinning.description }
  const progress = new Progress()
  console.log(headline(about))
  const pace = options.isQuick ? QUICK : THOROUGH
  const selection = { ...options, pace, isAvailable: (server: string) => isAvailable(server, bun) }
  const rows = await run({ generator, pinning, bun: bun?.command }, selection, {
    onStart: (total) => progress.start(total),
    onMeasure: ({ name }, server, round) => progress.step(`${name}: ${server}, round ${round} of ${rounds}`),
    onRow(result, row) {
      progress.clear()
      console.log(`\n${renderRow(result, row, !isQuick)}`)
      progress.note()
    },
  })
  progress.clear()
  return { ...about, rows }
}

function keep(results: Results, { json, writesDocs }: Options): void {
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`)
  if (writesDocs) for (const file of writeDocs(results)) console.log(`wrote ${file}`)
}
