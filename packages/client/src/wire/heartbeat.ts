// Pings at an interval, and a deadline for a sign of life after each (FEATURES B3). Knows time, not frames.
import type { Clock } from '../shared/clock.js'

export interface HeartbeatOwner {
  readonly clock: Clock
  /** Silence counts only while somebody reads. */
  readonly isReading: boolean
  sendPing(): void
  onDead(): void
}

export interface HeartbeatOptions {
  /** Infinity: no Pings. */
  readonly interval: number
  readonly timeout: number
}

const TOO_LATE = 5_000

export class Heartbeat {
  readonly #owner: HeartbeatOwner
  readonly #options: HeartbeatOptions
  #timer: unknown
  #deadline: unknown
  #isAlive = false

  constructor(owner: HeartbeatOwner, options: HeartbeatOptions) {
    this.#owner = owner
    this.#options = options
  }

  start(): void {
    const { interval } = this.#options
    if (interval === Infinity) return
    this.#timer = this.#owner.clock.setTimeout(() => this.#ping(), interval)
  }

  /** Any byte that was received. */
  onBytes(): void {
    this.#isAlive = true
  }

  stop(): void {
    this.#owner.clock.clearTimeout(this.#timer)
    this.#owner.clock.clearTimeout(this.#deadline)
  }

  #ping(): void {
    const { clock } = this.#owner
    this.start()
    clock.clearTimeout(this.#deadline)
    this.#isAlive = false
    this.#owner.sendPing()
    this.#setDeadline()
  }

  #setDeadline(): void {
    const { clock } = this.#owner
    const dueAt = clock.now() + this.#options.timeout
    this.#deadline = clock.setTimeout(() => this.#check(dueAt), this.#options.timeout)
  }

  #check(dueAt: number): void {
    // It was this process that was away: what has come meanwhile has not been read yet.
    if (this.#owner.clock.now() - dueAt > TOO_LATE) return this.#setDeadline()
    if (this.#isAlive || !this.#owner.isReading) return
    this.stop()
    this.#owner.onDead()
  }
}
