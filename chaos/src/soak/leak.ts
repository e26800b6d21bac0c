// Whether a heap grows: a verdict from its size in the rests of a long run. Knows no processes.
import type { Rest } from '../run.js'
import { type Line, fitLine } from './regression.js'

export interface LeakVerdict {
  readonly verdict: 'no leak' | 'leak' | 'undecided'
  /** In bytes per second. */
  readonly line: Line
  /** Growth above which it is a leak, in bytes per second. */
  readonly tolerance: number
  /** Connections that were closed each second. */
  readonly connectionsPerSecond: number
}

/** The beginning does not count: code is compiled, caches fill. */
const WARM_UP = 0.2
/** 512 KiB in an hour: below what V8 itself adds to a heap by compiling and recompiling. */
export const TOLERANCE = (512 * 1024) / 3600

/**
 * A leak: the growth is above the tolerance with 95 % certainty. No leak: it is below with that certainty. Otherwise the run was too
 * short to tell.
 */
export function judgeLeak(rests: readonly Rest[], closed: number): LeakVerdict {
  const counted = rests.slice(Math.ceil(rests.length * WARM_UP))
  const line = fitLine(counted.map(({ time }) => time), counted.map(({ held }) => held))
  const verdict = line.low > TOLERANCE ? 'leak' : line.high < TOLERANCE ? 'no leak' : 'undecided'
  const length = rests.at(-1)?.time ?? 0
  return { verdict, line, tolerance: TOLERANCE, connectionsPerSecond: length === 0 ? 0 : closed / length }
}
