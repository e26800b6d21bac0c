// The process of the server under chaos. Asked by src/suite.ts.
import { answerWith, taskOf } from '../process/answering.js'
import { collect, readingOf } from './reading.js'
import { Sampler } from './sampler.js'
import { Target } from './target.js'
import type { ServerTask } from './task.js'

const task = taskOf<ServerTask>()
const target = new Target(task)
const stats = () => target.stats()
const sampler = new Sampler(stats)

answerWith({
  listen: () => target.listen(),
  async reading() {
    const reading = await readingOf(stats)
    sampler.restart() // the delay was our own doing
    return reading
  },
  held,
  stats,
  ledger: () => ({ entries: target.ledger.entries, errors: target.ledger.errors, errorCount: target.ledger.errorCount }),
  restartDelays: () => sampler.restart(),
  delays: () => sampler.delays(),
})

/** Heap and buffers, without counting objects, which takes long. */
async function held(): Promise<number> {
  await collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
