// What a message that has begun and not ended may take: time since its first byte, and a share of the memory that the process has for
// all of them. Made with the first message in pieces. Knows numbers, no frames.
import type { Runtime } from '../runtime.js'
import type { ConnectionLimit } from './over-limit.js'
import { Timed } from './timing-wheel.js'

/** A tick that comes later than this says that our process was busy: what has come meanwhile is not read yet. In ms. */
const MAX_LATENESS = 1_000

export interface UnfinishedOwner {
  readonly runtime: Runtime
  onOverLimit(limit: ConnectionLimit): void
}

export class UnfinishedMessage extends Timed {
  readonly #owner: UnfinishedOwner
  readonly #timeout: number
  /** When it began, later by the time in which nothing was read; -1 between messages. */
  #since = -1
  #pausedAt = -1
  #charged = 0

  constructor(owner: UnfinishedOwner, timeout: number) {
    super()
    this.#owner = owner
    this.#timeout = timeout
  }

  /** More is to come; `bytes` is what is held of it now. */
  goOn(bytes: number): void {
    if (this.#since < 0) this.#begin()
    if (bytes !== this.#charged) this.#charge(bytes)
  }

  // The deadline of an earlier message stays on the wheel and looks again: many messages in pieces cost one deadline
  #begin(): void {
    const { clock, wheel } = this.#owner.runtime
    this.#since = clock.now()
    if (this.dueTick < 0 && this.#timeout !== Infinity) wheel.schedule(this, this.#timeout)
  }

  #charge(bytes: number): void {
    const { incompleteMessages } = this.#owner.runtime
    if (!incompleteMessages.take(bytes - this.#charged)) return this.#owner.onOverLimit('incompleteMessageBudget')
    this.#charged = bytes
  }

  /** It is whole, or there was none. */
  end(): void {
    if (this.#since < 0) return
    this.#since = this.#pausedAt = -1
    this.#owner.runtime.incompleteMessages.giveBack(this.#charged)
    this.#charged = 0
  }

  /** The time in which we do not read is not the peer's. */
  setReading(isReading: boolean): void {
    if (this.#since < 0) return
    const { clock, wheel } = this.#owner.runtime
    if (!isReading) {
      this.#pausedAt = clock.now()
      wheel.cancel(this)
    } else if (this.#pausedAt >= 0) {
      this.#since += clock.now() - this.#pausedAt
      this.#pausedAt = -1
      if (this.#timeout !== Infinity) wheel.schedule(this, this.#since + this.#timeout - clock.now())
    }
  }

  /** The connection ends. */
  stop(): void {
    this.end()
    this.#owner.runtime.wheel.cancel(this)
  }

  override onDue(now: number): void {
    if (this.#since < 0) return
    const { wheel } = this.#owner.runtime
    if (wheel.lateness > MAX_LATENESS) this.#since += wheel.lateness
    const remaining = this.#since + this.#timeout - now
    if (remaining > 0) wheel.schedule(this, remaining)
    else this.#owner.onOverLimit('messageTimeout')
  }
}
