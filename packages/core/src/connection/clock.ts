// The time, as everything here sees it; tests pass a virtual one. Knows nothing else.
import { performance } from 'node:perf_hooks'

/** A source of time and one kind of timer. */
export interface Clock {
  /** Milliseconds; never goes backwards. */
  now(): number
  /** What `now()` counts from, as milliseconds since 1970. @default performance.timeOrigin */
  readonly timeOrigin?: number
  setTimeout(callback: () => void, delay: number): unknown
  clearTimeout(handle: unknown): void
}

/** The machine's monotonic clock. Its timers do not keep the process alive: sockets do. */
export const systemClock: Clock = {
  now: () => performance.now(),
  timeOrigin: performance.timeOrigin,
  setTimeout: (callback, delay) => setTimeout(callback, delay).unref(),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
}
