// How fast one peer sends, and what happens when it sends faster than it may: reading stops for a while, or the connection ends. Only
// where the endpoint has a `rateLimit`. Knows numbers and time, no frames.
import type { Runtime } from '../runtime.js'
import { type ConnectionLimit, reportLimit } from './over-limit.js'
import type { RatePolicy } from './rate-limit.js'
import { Timed } from './timing-wheel.js'
import { TokenBucket } from './token-bucket.js'

export interface ThrottleOwner {
  readonly runtime: Runtime
  readonly connection: unknown
  readonly intake: { setThrottled(isThrottled: boolean): void }
  onOverLimit(limit: ConnectionLimit): void
}

export class Throttle extends Timed {
  readonly #owner: ThrottleOwner
  readonly #policy: RatePolicy['policy']
  readonly #messages: TokenBucket | undefined
  readonly #bytes: TokenBucket | undefined

  constructor(owner: ThrottleOwner, { messages, bytes, burst, policy }: RatePolicy) {
    super()
    const now = owner.runtime.clock.now()
    const bucket = (rate: number): TokenBucket => new TokenBucket(rate, Math.max(1, (rate * burst) / 1_000), now)
    this.#owner = owner
    this.#policy = policy
    this.#messages = messages === undefined ? undefined : bucket(messages)
    this.#bytes = bytes === undefined ? undefined : bucket(bytes)
  }

  /** Bytes have come. */
  onBytes(size: number): void {
    const left = this.#bytes?.spend(size, this.#owner.runtime.clock.now()) ?? 0
    if (left < 0) this.#exceeded()
  }

  /** A message or a control frame has come. @returns whether it may be taken: one too many fails the connection, or waits unread */
  onMessage(): boolean {
    const left = this.#messages?.spend(1, this.#owner.runtime.clock.now()) ?? 1
    if (left < (this.#policy === 'close' ? 0 : 1)) this.#exceeded()
    return this.#policy === 'pause' || left >= 0
  }

  #exceeded(): void {
    if (this.#policy === 'close') return this.#owner.onOverLimit('rateLimit')
    if (this.dueTick >= 0) return
    reportLimit('rateLimit', 'pause', this.#owner.connection)
    this.#owner.intake.setThrottled(true)
    this.#lookAgain(this.#owner.runtime.clock.now())
  }

  #lookAgain(now: number): void {
    const wait = Math.max(this.#bytes?.waitFor(0, now) ?? 0, this.#messages?.waitFor(1, now) ?? 0)
    if (wait > 0) this.#owner.runtime.wheel.schedule(this, wait)
    else this.#owner.intake.setThrottled(false)
  }

  /** The connection is ending. */
  stop(): void {
    this.#owner.runtime.wheel.cancel(this)
  }

  override onDue(now: number): void {
    this.#lookAgain(now)
  }
}
