// No tick pings more than 1/20 of all connections, however many were opened together. Knows numbers only.
import type { TimingWheel } from './timing-wheel.js'

const SHARE = 20

export class PingBudget {
  #tick = -1
  #left = 0

  /** Whether one more connection may be pinged in this tick. */
  take(wheel: TimingWheel): boolean {
    if (wheel.tick !== this.#tick) {
      this.#tick = wheel.tick
      // One at least: otherwise a few connections would never be pinged.
      this.#left = Math.max(1, Math.floor((wheel.size + 1) / SHARE))
    }
    return this.#left-- > 0
  }
}
