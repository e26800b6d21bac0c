// Whether a heap grows: a verdict from its size after forced garbage collections over a long time. Knows no processes.
import type { Second } from '../run.js'
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
export function judgeLeak(seconds: readonly Second[], closed: number): LeakVerdict {
  const collected = seconds.filter(({ isCollected }) => isCollected)
  const counted = collected.slice(Math.ceil(collected.length * WARM_UP))
  const line = fitLine(counted.map(({ time }) => time), counted.map(({ heapUsed, arrayBuffers }) => heapUsed + arrayBuffers))
  const verdict = line.low > TOLERANCE ? 'leak' : line.high < TOLERANCE ? 'no leak' : 'undecided'
  const length = (seconds.at(-1)?.time ?? 0) - (seconds[0]?.time ?? 0)
  return { verdict, line, tolerance: TOLERANCE, connectionsPerSecond: length === 0 ? 0 : closed / length }
}
