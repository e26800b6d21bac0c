// No tick pings more than 1/20 of all connections, however many were opened together; where intervals are so short that this is too
// few for everybody, twice their fair share. Knows numbers only.
import { TICK_MS, type TimingWheel } from './timing-wheel.js'

const SHARE = 1 / 20

export class PingBudget {
  #tick = -1
  #spent = 0

  /** Whether one more connection may be pinged in this tick. @param interval its own, in ms */
  take(wheel: TimingWheel, interval: number): boolean {
    if (wheel.tick !== this.#tick) {
      this.#tick = wheel.tick
      this.#spent = 0
    }
    const share = Math.max(SHARE, (2 * TICK_MS) / interval)
    // One at least: otherwise a few connections would never be pinged.
    const most = Math.max(1, Math.floor((wheel.size + 1) * share))
    return this.#spent++ < most
  }
}
