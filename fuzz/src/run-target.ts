// One run of one target: the kept inputs, then random ones from a seed, until one fails, the runs are done or the time is over. Knows
// no target.
import fc from 'fast-check'
import type { FuzzTarget } from './target.js'

export interface Limits {
  readonly seed: number
  /** @default no limit */
  readonly runs?: number
  /** In ms. @default no limit */
  readonly time?: number
  /** Inputs that come before the random ones, and count as runs. @default none */
  readonly first?: readonly unknown[]
  /** Told the number of runs, every few seconds. */
  readonly onProgress?: (runs: number) => void
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
const PROGRESS_EVERY = 10_000
/** Nothing that a target does takes a thousandth of this: what does not end by then never will. */
const PATIENCE = 30_000

export async function runTarget(target: FuzzTarget, limits: Limits): Promise<Outcome> {
  const { seed, runs = WITHOUT_LIMIT, time, first = [] } = limits
  const onRun = progress(limits.onProgress)
  let inFlight = Promise.resolve()
  const property = fc.asyncProperty(target.inputs, async (input) => {
    inFlight = (async () => target.check(input))()
    await inFlight
    onRun()
  })
  const timeLimit = time === undefined ? {} : { interruptAfterTimeLimit: time, markInterruptAsFailure: false }
  const examples = first.map((input): [unknown] => [input])
  const details = await fc.check(property, { seed, numRuns: runs, examples, timeout: PATIENCE, ...timeLimit })
  // What the end of the time has interrupted still runs, and what it holds is none of the next target's
  if (details.interrupted) await inFlight.catch(() => {})
  // On a busy machine the time may be over before the first input is done: that is nobody's failure
  if (!details.failed || details.counterexample === null) return { runs: details.numRuns, failure: undefined }
  const error = details.errorInstance instanceof Error ? details.errorInstance : new Error(String(details.errorInstance))
  return { runs: details.numRuns, failure: { target: target.name, seed: details.seed, input: details.counterexample[0], error } }
}

/** No timer: the checks of a target that is synchronous leave the event loop no turn. */
function progress(onProgress: Limits['onProgress']): () => void {
  if (onProgress === undefined) return () => {}
  let runs = 0
  let due = performance.now() + PROGRESS_EVERY
  return () => {
    runs++
    if (performance.now() < due) return
    due += PROGRESS_EVERY
    onProgress(runs)
  }
}
