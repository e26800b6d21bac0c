// The bits of a DEFLATE stream: least significant first (RFC 1951 §3.1.1). Knows no block.

export class BitReader {
  readonly #bytes: Uint8Array
  readonly #error: (fault: string) => Error
  #next = 0
  #held = 0
  #count = 0

  /** `error` makes what is thrown when the bytes are over too soon. */
  constructor(bytes: Uint8Array, error: (fault: string) => Error) {
    this.#bytes = bytes
    this.#error = error
  }

  /** Not even a part of a byte is left. */
  get isAtEnd(): boolean {
    return this.#count === 0 && this.#next === this.#bytes.length
  }

  /** At most 16. */
  take(count: number): number {
    const bits = this.peek(count)
    this.skip(count)
    return bits
  }

  /** At most 16; beyond the end they are 0. */
  peek(count: number): number {
    while (this.#count < count && this.#next < this.#bytes.length) {
      this.#held |= this.#bytes[this.#next++]! << this.#count
      this.#count += 8
    }
    return this.#held & ((1 << count) - 1)
  }

  /** Bits that were peeked at. */
  skip(count: number): void {
    if (count > this.#count) throw this.#error('the data is over in the middle of a block')
    this.#held >>>= count
    this.#count -= count
  }

  /** To the next byte. @returns the bits in between */
  align(): number {
    return this.take(this.#count & 7)
  }

  /** Whole bytes, once aligned. */
  bytes(length: number): Uint8Array {
    const start = this.#next - (this.#count >> 3)
    if (start + length > this.#bytes.length) throw this.#error('the data is over in the middle of a block')
    this.#held = this.#count = 0
    this.#next = start + length
    return this.#bytes.subarray(start, start + length)
  }
}
