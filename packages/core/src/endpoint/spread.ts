// Many things to do, not all in the same moment: each falls by chance into one of the batches that a time has room for. Knows
// time, not what is done.
import { TICK_MS } from '../connection/timing-wheel.js'
import { Deadline } from '../dispatcher/deadline.js'
import type { Runtime } from '../runtime.js'

export class Spread<Member> {
  readonly #runtime: Runtime
  readonly #batches: Member[][]
  readonly #act: (batch: readonly Member[]) => void
  readonly #timer: Deadline
  readonly #startedAt: number
  #next = 0

  /** The first batch is due at once, the last one after `duration` ms. */
  constructor(runtime: Runtime, members: Iterable<Member>, { duration, act }: { duration: number; act(batch: readonly Member[]): void }) {
    this.#runtime = runtime
    this.#batches = dealt(members, Math.floor(duration / TICK_MS) + 1)
    this.#act = act
    this.#startedAt = runtime.clock.now()
    this.#timer = new Deadline(runtime, () => this.run())
  }

  /** Does what is due, and sees to it that the rest follows. */
  run(): void {
    const elapsed = this.#runtime.clock.now() - this.#startedAt
    while (this.#next < this.#batches.length && this.#next * TICK_MS <= elapsed) this.#act(this.#batches[this.#next++]!)
    if (this.#next < this.#batches.length) this.#timer.start(this.#next * TICK_MS - elapsed)
  }

  /** What has not been done stays undone. */
  stop(): void {
    this.#timer.cancel()
  }
}

function dealt<Member>(members: Iterable<Member>, count: number): Member[][] {
  const batches = Array.from({ length: count }, (): Member[] => [])
  for (const member of members) batches[Math.floor(Math.random() * count)]!.push(member)
  return batches
}
