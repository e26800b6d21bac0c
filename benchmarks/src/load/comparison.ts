// Compares an endless repetition of one answer with the bytes of a stream, however they are cut.
import type { Buffer } from 'node:buffer'

export class Comparison {
  readonly #expected: Buffer
  #position = 0

  constructor(expected: Buffer) {
    this.#expected = expected
  }

  /** @returns how many whole answers came @throws when one byte is not what it should be */
  take(chunk: Buffer): number {
    const { length } = this.#expected
    let count = 0
    for (let at = 0; at < chunk.length; ) {
      const size = Math.min(length - this.#position, chunk.length - at)
      const differs = chunk.compare(this.#expected, this.#position, this.#position + size, at, at + size) !== 0
      if (differs) throw new Error(`an answer differs between byte ${this.#position} and ${this.#position + size}`)
      at += size
      this.#position = (this.#position + size) % length
      if (this.#position === 0) count++
    }
    return count
  }
}
