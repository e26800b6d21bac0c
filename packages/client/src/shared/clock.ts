// The time, as the client sees it; tests pass a virtual one. Knows nothing else. No Node: it runs in browsers as well.

/** A source of time and one kind of timer: the same as core's, so that `virtualClock()` of @tocsin/testing fits. */
export interface Clock {
  /** Milliseconds; never goes backwards. */
  now(): number
  /** What `now()` counts from, as milliseconds since 1970; for a `Retry-After` that is a date. @default performance.timeOrigin */
  readonly timeOrigin?: number
  setTimeout(callback: () => void, delay: number): unknown
  clearTimeout(handle: unknown): void
}

/** Its timers keep the process alive: a client that waits to reconnect is at work. */
export const systemClock: Clock = {
  now: () => performance.now(),
  // A longer delay would overflow, and fire at once.
  setTimeout: (callback, delay) => setTimeout(callback, Math.min(delay, 0x7fff_ffff)),
  clearTimeout: (handle) => clearTimeout(handle as number),
}
