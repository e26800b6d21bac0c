// Time that passes only when a test says so, for `new Runtime({ clock })`. Knows timers, not what they are for.
import type { Clock } from '@tocsin/core'
import { settle } from './settle.js'

export interface VirtualClockOptions {
  /** What `now()` says at first, in ms. @default 0 */
  readonly now?: number
  /** What `now()` counts from, in ms since 1970: only dates in `connection.info` depend on it. @default 0 */
  readonly timeOrigin?: number
}

interface Timer {
  readonly callback: () => void
  readonly dueAt: number
}

/** As Node has it: a shorter delay counts as this, so that a timer that starts itself again does not stop the time. */
const SHORTEST_DELAY = 1

/** A clock whose time stands still until it is moved. */
export class VirtualClock implements Clock {
  readonly timeOrigin: number
  #now: number
  /** By due time; of the same time, in the order in which they were set. */
  readonly #timers: Timer[] = []

  constructor(options: VirtualClockOptions = {}) {
    this.#now = options.now ?? 0
    this.timeOrigin = options.timeOrigin ?? 0
  }

  /** Milliseconds. */
  now(): number {
    return this.#now
  }

  /** Timers that are set and have not run. */
  get pending(): number {
    return this.#timers.length
  }

  setTimeout(callback: () => void, delay: number): unknown {
    const timer: Timer = { callback, dueAt: this.#now + Math.max(SHORTEST_DELAY, delay) }
    const after = this.#timers.findIndex(({ dueAt }) => dueAt > timer.dueAt)
    this.#timers.splice(after < 0 ? this.#timers.length : after, 0, timer)
    return timer
  }

  clearTimeout(handle: unknown): void {
    const index = this.#timers.indexOf(handle as Timer)
    if (index >= 0) this.#timers.splice(index, 1)
  }

  /**
   * Moves the time by `ms`, running the timers that fall due on the way, each at its own time and in order, those included
   * that they set themselves. What a callback throws is thrown from here; the time stands where that timer was due.
   */
  advance(ms: number): void {
    const end = this.#end(ms)
    while (this.#runNext(end)) { /* until none is due */ }
    this.#now = end
  }

  /**
   * The same, but promises, immediates and bytes on in-memory transports get their turn before the first timer, after each
   * one, and at the end (see `settle`).
   */
  async advanceAsync(ms: number): Promise<void> {
    const end = this.#end(ms)
    await settle()
    while (this.#runNext(end)) await settle()
    this.#now = end
  }

  /** The process was suspended: `ms` pass at once, and the timers that fell due meanwhile run late, at the new time. */
  jump(ms: number): void {
    this.#now = this.#end(ms)
    while (this.#runNext(this.#now)) { /* until none is due */ }
  }

  #end(ms: number): number {
    if (ms >= 0 && Number.isFinite(ms)) return this.#now + ms
    throw new RangeError(`the time moves forward by a number of milliseconds, not by ${ms}`)
  }

  #runNext(end: number): boolean {
    const timer = this.#timers[0]
    if (timer === undefined || timer.dueAt > end) return false
    this.#timers.shift()
    this.#now = Math.max(this.#now, timer.dueAt)
    timer.callback()
    return true
  }
}

/** Makes a clock for `new Runtime({ clock })`. */
export function virtualClock(options?: VirtualClockOptions): VirtualClock {
  return new VirtualClock(options)
}
