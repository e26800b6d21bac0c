// `npm run fuzz [-- --seconds N] [--seed N] [--only frames]`: the time is shared by the targets. A failure is printed with its seed
// and kept in regressions/, where `npm test` replays it from then on; the exit code is 1.
import { parseArgs } from 'node:util'
import { keepRegression } from './regressions.js'
import { type Outcome, runTarget } from './run-target.js'
import type { FuzzTarget } from './target.js'
import { TARGETS } from './targets.js'

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '10' }, seed: { type: 'string' }, only: { type: 'string' } },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 0x7fff_ffff))
const targets = TARGETS.filter(({ name }) => values.only === undefined || values.only.split(',').includes(name))
const time = (Number(values.seconds) * 1000) / targets.length

/** What nobody could catch: the input is in flight and unknown, but the seed leads to it again. */
let running = 'nothing'
process.on('uncaughtException', (error) => {
  console.error(`${running}: seed ${seed}: uncaught`, error)
  process.exit(1)
})

let failed = 0
for (const target of targets) {
  running = target.name
  const outcome = await runTarget(target, { seed, time })
  if (outcome.failure !== undefined) failed++
  report(target, outcome)
}
console.log(`${targets.length - failed} passed, ${failed} failed`)
process.exitCode = failed > 0 ? 1 : 0

function report({ name }: FuzzTarget, { runs, failure }: Outcome): void {
  console.log(`${name.padEnd(10)} ${runs} runs, seed ${seed}: ${failure === undefined ? 'nothing found' : 'FAILED'}`)
  if (failure === undefined) return
  console.log(failure.error.stack)
  console.log(`input: ${JSON.stringify(failure.input)}\nkept in ${keepRegression(failure)}`)
}
