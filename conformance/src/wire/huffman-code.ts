// A canonical Huffman code, made of its code lengths (RFC 1951 §3.2.2). Knows no block.
import type { BitReader } from './bit-reader.js'

const MAX_BITS = 15

export class HuffmanCode {
  /** By the next bits, first one lowest: symbol << 4 | length; 0 is no code. */
  readonly #table: Uint16Array
  readonly #bits: number

  /** `lengths[symbol]` is how many bits its code has, 0 for none. @throws RangeError when more codes are asked for than there are */
  constructor(lengths: readonly number[]) {
    this.#bits = Math.max(1, ...lengths)
    this.#table = new Uint16Array(1 << this.#bits)
    let code = 0
    for (let length = 1; length <= MAX_BITS; length++) {
      for (const [symbol, own] of lengths.entries()) if (own === length) this.#enter(symbol, code++, length)
      code <<= 1
    }
  }

  /** Undefined when the next bits are no code. */
  read(bits: BitReader): number | undefined {
    const entry = this.#table[bits.peek(this.#bits)]!
    if (entry === 0) return undefined
    bits.skip(entry & 15)
    return entry >> 4
  }

  #enter(symbol: number, code: number, length: number): void {
    if (code >= 1 << length) throw new RangeError('too many codes of one length')
    const first = reversed(code, length)
    for (let at = first; at < this.#table.length; at += 1 << length) this.#table[at] = (symbol << 4) | length
  }
}

/** Huffman codes are packed starting with their most significant bit (§3.1.1). */
function reversed(code: number, length: number): number {
  let result = 0
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit)
  return result
}
