// The answer of a framework that meant "not mine", kept until it is known that nobody else wants the upgrade.

/** A longer answer is not kept: the client gets a plain 404 instead. */
export const KEPT_ANSWER_LIMIT = 65_536

export class KeptAnswer {
  readonly #chunks: Buffer[] = []
  #size = 0

  /** False when the answer has become too long; what was kept is dropped then. */
  add(chunk: Buffer): boolean {
    this.#size += chunk.length
    if (this.#size > KEPT_ANSWER_LIMIT) {
      this.#chunks.length = 0
      return false
    }
    this.#chunks.push(chunk)
    return true
  }

  toBuffer(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}
