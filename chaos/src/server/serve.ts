// The process of the server under chaos. Asked by src/suite.ts.
import { answerWith, taskOf } from '../process/answering.js'
import { readingOf } from './reading.js'
import { Sampler } from './sampler.js'
import { Target } from './target.js'
import type { ServerTask } from './task.js'

const task = taskOf<ServerTask>()
const target = new Target(task)
const stats = () => target.endpoint.stats()
const sampler = new Sampler(stats, task.collectsEvery)

answerWith({
  listen: () => target.listen(),
  reading: () => readingOf(stats),
  stats,
  ledger: () => ({ entries: target.ledger.entries, errors: target.ledger.errors, errorCount: target.ledger.errorCount }),
  restartDelays: () => sampler.restart(),
  delays: () => sampler.delays(),
})
