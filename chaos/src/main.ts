// `npm run chaos`: reads what is asked for, runs it, shows it, keeps it. Exit code 1: something did not hold; 2: wrong arguments.
import { type Options, USAGE, parseOptions } from './arguments.js'
import { writeDocs } from './report/docs.js'
import { type Results, hasPassed, resultsOf } from './report/results.js'
import { renderResults, renderSecond } from './report/text.js'
import { slowReceivers } from './scenarios/slow-receivers.js'
import type { ScenarioResult } from './scenarios/stage.js'
import { stalledPeer } from './scenarios/stalled-peer.js'
import { runChaos } from './suite.js'

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let options: Options
  try {
    options = parseOptions(args)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`)
    return 2
  }
  const results = await chaos(options)
  console.log(renderResults(results))
  if (options.writes) for (const file of writeDocs(results)) console.log(`wrote ${file}`)
  return hasPassed(results) ? 0 : 1
}

async function chaos({ plan, isSoak, hasScenarios }: Options): Promise<Results> {
  const run = await runChaos(plan, {
    onPhase: (phase) => { console.log(phase) },
    onSecond: (second, attacks) => { console.log(renderSecond(second, attacks)) },
  })
  const scenarios: ScenarioResult[] = []
  if (hasScenarios) {
    console.log('slow receivers')
    scenarios.push(await slowReceivers())
    console.log('one stalled peer')
    scenarios.push(await stalledPeer())
  }
  return resultsOf(run, scenarios, isSoak)
}
