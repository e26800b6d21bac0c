// DEFLATE blocks put together by hand (RFC 1951), right or wrong, for what zlib never writes: matches at the very edge of a window,
// stored blocks where others are shorter, codes that do not exist. Knows no message.
import { Buffer } from 'node:buffer'
import { type Bytes, toBytes } from './frame.js'
import { DISTANCE_BASE, DISTANCE_BITS, LENGTH_BASE, LENGTH_BITS } from './inflate.js'

/** A symbol of the literal/length code as it is, or a match. */
export type DeflateSymbol = number | { readonly length: number; readonly distance: number }

export const END_OF_BLOCK = 256

export interface StoredFields {
  /** @default false */
  readonly isFinal?: boolean
  /** What LEN says. @default the truth */
  readonly length?: number
  /** What NLEN says. @default LEN's complement */
  readonly check?: number
}

export class BlockWriter {
  readonly #bytes: number[] = []
  #held = 0
  #count = 0

  /** Least significant bit first (§3.1.1). */
  bits(value: number, count: number): this {
    for (let bit = 0; bit < count; bit++) this.#bit((value >> bit) & 1)
    return this
  }

  /** §3.2.4. */
  stored(data: Bytes, { isFinal = false, length, check }: StoredFields = {}): this {
    const bytes = toBytes(data)
    const len = length ?? bytes.length
    this.bits(isFinal ? 1 : 0, 1).bits(0, 2).align()
    this.bits(len, 16).bits(check ?? ~len & 0xffff, 16)
    for (const byte of bytes) this.bits(byte, 8)
    return this
  }

  /** §3.2.6, without the end of the block unless it is one of the symbols. */
  fixed(symbols: Iterable<DeflateSymbol>, isFinal = false): this {
    this.bits(isFinal ? 1 : 0, 1).bits(1, 2)
    for (const symbol of symbols) {
      if (typeof symbol === 'number') this.#literal(symbol)
      else this.#match(symbol.length, symbol.distance)
    }
    return this
  }

  /** Five bits, most significant first, as all codes (§3.1.1). */
  distanceCode(code: number): this {
    return this.#code(code, 5)
  }

  /** With zeros to the next byte. */
  align(): this {
    while (this.#count > 0) this.#bit(0)
    return this
  }

  /** As the payload of a message: the header of an empty stored block, whose other 4 bytes the receiver puts back (RFC 7692 §7.2.1). */
  payload(): Buffer {
    return this.bits(0, 3).bytes()
  }

  /** As it is, padded with zeros. */
  bytes(): Buffer {
    return Buffer.from(this.align().#bytes)
  }

  #match(length: number, distance: number): void {
    const lengthCode = LENGTH_BASE.findLastIndex((base) => base <= length)
    const distanceCode = DISTANCE_BASE.findLastIndex((base) => base <= distance)
    this.#literal(257 + lengthCode)
    this.bits(length - LENGTH_BASE[lengthCode]!, LENGTH_BITS[lengthCode]!)
    this.#code(distanceCode, 5).bits(distance - DISTANCE_BASE[distanceCode]!, DISTANCE_BITS[distanceCode]!)
  }

  /** The table of §3.2.6. */
  #literal(symbol: number): void {
    if (symbol < 144) this.#code(0b0011_0000 + symbol, 8)
    else if (symbol < 256) this.#code(0b1_1001_0000 + symbol - 144, 9)
    else if (symbol < 280) this.#code(symbol - 256, 7)
    else this.#code(0b1100_0000 + symbol - 280, 8)
  }

  #code(code: number, length: number): this {
    for (let bit = length - 1; bit >= 0; bit--) this.#bit((code >> bit) & 1)
    return this
  }

  #bit(bit: number): void {
    this.#held |= bit << this.#count++
    if (this.#count < 8) return
    this.#bytes.push(this.#held)
    this.#held = this.#count = 0
  }
}
