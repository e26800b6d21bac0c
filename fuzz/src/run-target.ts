// One run of one target: random inputs from a seed, until one fails, the runs are done or the time is over. Knows no target.
import fc from 'fast-check'
import type { FuzzTarget } from './target.js'

export interface Limits {
  readonly seed: number
  /** @default no limit */
  readonly runs?: number
  /** In ms. @default no limit */
  readonly time?: number
}

export interface Failure {
  readonly target: string
  readonly seed: number
  /** The smallest input that still fails. */
  readonly input: unknown
  readonly error: Error
}

export interface Outcome {
  readonly runs: number
  readonly failure: Failure | undefined
}

const WITHOUT_LIMIT = 0x7fff_ffff

export async function runTarget(target: FuzzTarget, { seed, runs = WITHOUT_LIMIT, time }: Limits): Promise<Outcome> {
  const property = fc.asyncProperty(target.inputs, async (input) => { await target.check(input) })
  const timeLimit = time === undefined ? {} : { interruptAfterTimeLimit: time, markInterruptAsFailure: false }
  const details = await fc.check(property, { seed, numRuns: runs, ...timeLimit })
  if (!details.failed) return { runs: details.numRuns, failure: undefined }
  const error = details.errorInstance instanceof Error ? details.errorInstance : new Error(String(details.errorInstance))
  return { runs: details.numRuns, failure: { target: target.name, seed: details.seed, input: details.counterexample?.[0], error } }
}
