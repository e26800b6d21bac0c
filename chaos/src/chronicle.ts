// Puts together what the processes say every second. Knows no processes.
import type { BadNote } from './load/bad-load.js'
import type { GoodNote } from './load/good-load.js'
import type { Rest, Second } from './run.js'
import type { Sample } from './server/sampler.js'

export class Chronicle {
  readonly seconds: Second[] = []
  readonly marks: { at: number; label: string }[] = []
  readonly rests: Rest[] = []
  readonly #start = Date.now()
  readonly #onSecond: (second: Second) => void
  #delivered = 0
  #bad = 0
  #attacks = 0

  constructor(onSecond: (second: Second) => void) {
    this.#onSecond = onSecond
  }

  get attacks(): number {
    return this.#attacks
  }

  mark(label: string): void {
    this.marks.push({ at: this.#timeOf(Date.now()), label })
  }

  rest(held: number): void {
    this.rests.push({ time: this.#timeOf(Date.now()), held })
  }

  readonly onSample = (note: unknown): void => {
    const sample = note as Sample
    const second = { ...sample, time: this.#timeOf(sample.at), delivered: this.#delivered, bad: this.#bad }
    this.seconds.push(second)
    this.#onSecond(second)
  }

  readonly onGood = (note: unknown): void => {
    this.#delivered = (note as GoodNote).received
  }

  readonly onBad = (note: unknown): void => {
    const { running, attacks } = note as BadNote
    this.#bad = running
    this.#attacks = attacks
  }

  #timeOf(at: number): number {
    return (at - this.#start) / 1000
  }
}
