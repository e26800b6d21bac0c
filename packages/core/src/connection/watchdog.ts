// The one deadline of a connection: while it is open, its heartbeat (RFC 6455 §5.5.2); while it closes, the time that
// closing may take. Knows time and silence; what to do about them is the connection's business.
import type { Runtime } from '../runtime.js'
import { Timed } from './timing-wheel.js'

/**
 * A tick that comes later than this, or than half of the time that a peer has for its answer, says more about our process
 * than about any peer: it judges nobody.
 */
const MAX_LATENESS = 5_000
/** Pings of connections that were opened together spread over this part of the interval. */
const JITTER = 0.2

export interface WatchdogOwner {
  readonly runtime: Runtime
  /** False while reading is stopped on our side: then silence is our own doing. */
  readonly isReading: boolean
  readonly heartbeat: { readonly interval: number; readonly timeout: number } | undefined
  sendHeartbeat(): void
  /** Nothing came within `timeout` of the Ping. */
  onSilent(): void
  /** The deadline of closing has passed. */
  onCloseDeadline(): void
}

export class Watchdog extends Timed {
  /** `clock.now()` when the last byte came. */
  lastReceivedAt: number
  /** Exempt from the heartbeat. */
  isProtected = false

  readonly #owner: WatchdogOwner
  readonly #interval: number
  #isClosing = false
  #pingedAt = -1
  #excusedAt = 0

  constructor(owner: WatchdogOwner) {
    super()
    this.#owner = owner
    this.lastReceivedAt = owner.runtime.clock.now()
    this.#interval = (owner.heartbeat?.interval ?? 0) * (1 - JITTER * Math.random())
    if (owner.heartbeat !== undefined) owner.runtime.wheel.schedule(this, this.#interval)
  }

  /** From now on the deadline is that of closing. A deadline that runs already is not extended. */
  startClosing(timeout: number): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.#owner.runtime.wheel.schedule(this, timeout)
  }

  /** After a failure: whatever deadline ran, it is this one now. */
  shorten(timeout: number): void {
    this.#isClosing = true
    this.#owner.runtime.wheel.schedule(this, timeout)
  }

  stop(): void {
    this.#owner.runtime.wheel.cancel(this)
  }

  onDue(now: number): void {
    if (this.#isClosing) return this.#owner.onCloseDeadline()
    if (this.#isExcused()) this.#restart(now)
    else if (this.#pingedAt < 0 || this.lastReceivedAt >= this.#pingedAt) this.#pingIfSilent(now)
    else this.#judge(now)
  }

  /** Reading has begun again: the silence before was our own doing. */
  excuse(): void {
    this.#excusedAt = this.#owner.runtime.clock.now()
  }

  get #timeout(): number {
    return this.#owner.heartbeat?.timeout ?? 0
  }

  #isExcused(): boolean {
    const { lateness } = this.#owner.runtime.wheel
    return this.isProtected || !this.#owner.isReading || lateness > Math.min(MAX_LATENESS, this.#timeout / 2)
  }

  #judge(now: number): void {
    const remaining = Math.max(this.#pingedAt, this.#excusedAt) + this.#timeout - now
    if (remaining > 0) this.#lookAgain(remaining)
    else this.#owner.onSilent()
  }

  /** Silence counts from now on. */
  #restart(now: number): void {
    this.#excusedAt = now
    this.#pingedAt = -1
    this.#owner.runtime.wheel.schedule(this, this.#interval)
  }

  #pingIfSilent(now: number): void {
    const { wheel, pingBudget } = this.#owner.runtime
    this.#pingedAt = -1
    const remaining = Math.max(this.lastReceivedAt, this.#excusedAt) + this.#interval - now
    if (remaining > 0) return wheel.schedule(this, remaining)
    if (!pingBudget.take(wheel, this.#interval)) return wheel.schedule(this, 0)
    this.#pingedAt = now
    this.#lookAgain(this.#timeout)
    this.#owner.sendHeartbeat()
  }

  /** The answer may come long before its deadline, and then the next interval counts from it. */
  #lookAgain(deadline: number): void {
    this.#owner.runtime.wheel.schedule(this, Math.min(this.#interval, deadline))
  }
}
