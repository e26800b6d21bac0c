// Many things to do, not all in the same moment: each falls by chance into one of the batches that a time has room for. Knows
// time, not what is done.
import { TICK_MS } from '../connection/timing-wheel.js'
import { Deadline } from '../dispatcher/deadline.js'
import type { Runtime } from '../runtime.js'

interface Turn<Member> {
  readonly member: Member
  /** Milliseconds from the beginning. */
  readonly at: number
}

export class Spread<Member> {
  readonly #runtime: Runtime
  readonly #turns: readonly Turn<Member>[]
  readonly #act: (member: Member) => void
  readonly #timer: Deadline
  readonly #startedAt: number
  #next = 0

  /** The first batch is due at once, the last one after `duration` ms. */
  constructor(runtime: Runtime, members: Iterable<Member>, { duration, act }: { duration: number; act(member: Member): void }) {
    const batches = Math.floor(duration / TICK_MS) + 1
    const turns = Array.from(members, (member) => ({ member, at: Math.floor(Math.random() * batches) * TICK_MS }))
    this.#turns = turns.sort((one, other) => one.at - other.at)
    this.#runtime = runtime
    this.#act = act
    this.#startedAt = runtime.clock.now()
    this.#timer = new Deadline(runtime, () => this.run())
  }

  /** Does what is due, and sees to it that the rest follows. */
  run(): void {
    const elapsed = this.#runtime.clock.now() - this.#startedAt
    while (this.#next < this.#turns.length && this.#turns[this.#next]!.at <= elapsed) this.#act(this.#turns[this.#next++]!.member)
    if (this.#next < this.#turns.length) this.#timer.start(this.#turns[this.#next]!.at - elapsed)
  }

  /** What has not been done stays undone. */
  stop(): void {
    this.#timer.cancel()
  }
}
