// Every deadline and heartbeat of a process on one timer: a hashed wheel of 100 ms ticks. Knows nothing of what is due.
import type { Clock } from './clock.js'

/** Milliseconds between two ticks: the precision of all deadlines. */
export const TICK_MS = 100
const SLOTS = 512

/** Something with at most one deadline at a time. The links belong to the wheel. */
export abstract class Timed {
  dueTick = -1
  nextTimed: Timed | undefined = undefined
  previousTimed: Timed | undefined = undefined

  /** Called once, in the tick in which the deadline has passed; may schedule itself again. */
  abstract onDue(now: number): void
}

/** Schedules any number of deadlines in constant time each; idle when there is none. */
export class TimingWheel {
  /** How late the current tick came, in ms. A large number means that the process was blocked or suspended. */
  lateness = 0

  readonly #clock: Clock
  readonly #slots: (Timed | undefined)[] = new Array<Timed | undefined>(SLOTS).fill(undefined)
  readonly #onTimer = (): void => this.#advance()
  #size = 0
  #tick = 0
  #nextTimerAt = 0
  #timer: unknown

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Deadlines that are scheduled. */
  get size(): number {
    return this.#size
  }

  /** The number of the tick that ran last. */
  get tick(): number {
    return this.#tick
  }

  /** Sets the deadline, replacing an earlier one; it is reached within one tick after `delay` ms, never before. */
  schedule(timed: Timed, delay: number): void {
    if (timed.dueTick >= 0) this.#unlink(timed)
    const now = this.#clock.now()
    if (this.#size === 0) this.#tick = Math.floor(now / TICK_MS)
    timed.dueTick = Math.max(Math.ceil((now + delay) / TICK_MS), this.#tick + 1)
    this.#link(timed)
    if (this.#timer === undefined) this.#startTimer(now)
  }

  cancel(timed: Timed): void {
    if (timed.dueTick < 0) return
    this.#unlink(timed)
    if (this.#size === 0) this.#stopTimer()
  }

  /** To the beginning of the next tick: otherwise a deadline could be missed by almost two. */
  #startTimer(now: number): void {
    const delay = Math.ceil(TICK_MS - (now % TICK_MS))
    this.#nextTimerAt = now + delay
    this.#timer = this.#clock.setTimeout(this.#onTimer, delay)
  }

  #stopTimer(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #advance(): void {
    const now = this.#clock.now()
    const target = Math.floor(now / TICK_MS)
    this.lateness = Math.max(0, now - this.#nextTimerAt)
    const first = Math.max(this.#tick + 1, target - SLOTS + 1)
    this.#tick = target
    this.#timer = undefined
    const failures: unknown[] = []
    for (let tick = first; tick <= target; tick++) this.#runSlot(tick % SLOTS, { now, failures })
    if (this.#size > 0 && this.#timer === undefined) this.#startTimer(now)
    if (failures.length > 0) throw failures[0]
  }

  /**
   * What becomes due may cancel or schedule anything, also its neighbours: so the due ones are taken out first. One that
   * throws must not take the others with it.
   */
  #runSlot(slot: number, { now, failures }: { now: number; failures: unknown[] }): void {
    let due: Timed[] | undefined
    for (let timed = this.#slots[slot]; timed !== undefined; timed = timed.nextTimed) {
      if (timed.dueTick <= this.#tick) (due ??= []).push(timed)
    }
    if (due === undefined) return
    for (const timed of due) {
      if (timed.dueTick < 0 || timed.dueTick > this.#tick) continue
      this.#unlink(timed)
      try {
        timed.onDue(now)
      } catch (error) {
        failures.push(error)
      }
    }
  }

  #link(timed: Timed): void {
    const slot = timed.dueTick % SLOTS
    const first = this.#slots[slot]
    timed.nextTimed = first
    if (first !== undefined) first.previousTimed = timed
    this.#slots[slot] = timed
    this.#size++
  }

  #unlink(timed: Timed): void {
    if (timed.previousTimed !== undefined) timed.previousTimed.nextTimed = timed.nextTimed
    else this.#slots[timed.dueTick % SLOTS] = timed.nextTimed
    if (timed.nextTimed !== undefined) timed.nextTimed.previousTimed = timed.previousTimed
    timed.nextTimed = timed.previousTimed = undefined
    timed.dueTick = -1
    this.#size--
  }
}
