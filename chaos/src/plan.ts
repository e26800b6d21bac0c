// What a run consists of. Values only.
import type { Flaw } from './server/flaws.js'
import { type Deadlines, SHIPPED, SHORT } from './server/task.js'

export interface Plan {
  /** Clients that exchange numbered messages, and must not notice anything. */
  readonly good: number
  /** Clients that only listen. */
  readonly idle: number
  /** Bad clients at any time. */
  readonly bad: number
  /** How long new bad clients come. */
  readonly seconds: number
  /** Names of the bad clients. */
  readonly kinds: readonly string[]
  readonly deadlines: Deadlines
  readonly seed: number
  readonly flaw?: Flaw
  /** Bytes; core's own without. */
  readonly maxBufferedAmount?: number
  /** Milliseconds between two rests, in which no bad client is there and memory is measured. @default there are none */
  readonly restsEvery?: number
  /** How long the last messages, and the last handles, may take, in ms. @default 30_000 */
  readonly patience?: number
}

/** The acceptance form: deadlines and limits as shipped. */
export const FULL: Omit<Plan, 'kinds' | 'seed'> = { good: 1000, idle: 10_000, bad: 300, seconds: 120, deadlines: SHIPPED }

/** Some fifteen seconds, for continuous checks. */
export const BRIEF: Omit<Plan, 'kinds' | 'seed'> = { good: 100, idle: 200, bad: 60, seconds: 6, deadlines: SHORT, maxBufferedAmount: 1024 * 1024 }

/** Many minutes, with rests. */
export const SOAK: Omit<Plan, 'kinds' | 'seed'> = { good: 200, idle: 500, bad: 150, seconds: 1800, deadlines: SHORT, maxBufferedAmount: 1024 * 1024, restsEvery: 20_000 }
