// DEFLATE -> data, written from RFC 1951 alone, because zlib does not tell how far back a stream reaches: that is what an agreed
// window and an agreed loss of context are about. Knows no WebSocket.
import { Buffer } from 'node:buffer'
import { BitReader } from './bit-reader.js'
import { HuffmanCode } from './huffman-code.js'

export class InflateError extends Error {}

export interface Inflated {
  readonly data: Buffer
  /** The greatest distance of a match, 0 without any. */
  readonly farthest: number
}

/** RFC 1951 §3.2.5, for the codes 257-285 and 0-29: what each code starts at, and how many more bits follow it. */
export const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]
export const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
export const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
  12_289, 16_385, 24_577,
]
export const DISTANCE_BITS = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
const END_OF_BLOCK = 256

/** §3.2.6. */
const FIXED = {
  literals: new HuffmanCode([...times(144, 8), ...times(112, 9), ...times(24, 7), ...times(8, 8)]),
  distances: new HuffmanCode(times(30, 5)),
}
/** §3.2.7: the order in which the lengths of the code for code lengths stand. */
const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/**
 * All blocks of `bytes`, which must end where a block ends. `history` is what matches may reach beyond the beginning.
 * Behind a block with BFINAL the next one begins at the next byte (RFC 7692 §7.2.1).
 */
export function inflate(bytes: Uint8Array, history: Uint8Array): Inflated {
  const inflation = new Inflation(bytes, history)
  while (!inflation.bits.isAtEnd) inflation.block()
  return { data: inflation.data, farthest: inflation.farthest }
}

class Inflation {
  readonly bits: BitReader
  readonly #start: number
  #out: Buffer
  #at: number
  farthest = 0

  constructor(bytes: Uint8Array, history: Uint8Array) {
    this.bits = new BitReader(bytes, (fault) => new InflateError(fault))
    this.#out = Buffer.allocUnsafe(history.length + bytes.length * 4 + 1024)
    this.#out.set(history)
    this.#at = this.#start = history.length
  }

  get data(): Buffer {
    return this.#out.subarray(this.#start, this.#at)
  }

  block(): void {
    const isFinal = this.bits.take(1) === 1
    const type = this.bits.take(2)
    if (type === 0) this.#stored()
    else if (type === 1) this.#compressed(FIXED.literals, FIXED.distances)
    else if (type === 2) this.#dynamic()
    else throw new InflateError('a block of the reserved type 3')
    // RFC 7692 §7.2.1: "minimal padding bits of 0"
    if (isFinal && this.bits.align() !== 0) throw new InflateError('the padding behind a final block is not 0')
  }

  /** §3.2.4. */
  #stored(): void {
    this.bits.align()
    const length = this.bits.take(16)
    if ((length ^ 0xffff) !== this.bits.take(16)) throw new InflateError('LEN and NLEN of a stored block do not agree')
    this.#reserve(length)
    this.#out.set(this.bits.bytes(length), this.#at)
    this.#at += length
  }

  #compressed(literals: HuffmanCode, distances: HuffmanCode): void {
    for (;;) {
      const symbol = this.#read(literals)
      if (symbol === END_OF_BLOCK) return
      this.#reserve(258)
      if (symbol < END_OF_BLOCK) this.#out[this.#at++] = symbol
      else this.#match(
        this.#value(symbol - 257, LENGTH_BASE, LENGTH_BITS),
        this.#value(this.#read(distances), DISTANCE_BASE, DISTANCE_BITS),
      )
    }
  }

  #match(length: number, distance: number): void {
    if (distance > this.#at) throw new InflateError('a match reaches beyond the beginning of the data')
    this.farthest = Math.max(this.farthest, distance)
    // Byte by byte: what is copied may be what this very match has written
    for (const end = this.#at + length; this.#at < end; this.#at++) this.#out[this.#at] = this.#out[this.#at - distance]!
  }

  #value(code: number, base: readonly number[], extra: readonly number[]): number {
    if (code >= base.length) throw new InflateError('a length or distance code that is never used')
    return base[code]! + this.bits.take(extra[code]!)
  }

  /** §3.2.7. */
  #dynamic(): void {
    const [literals, distances, count] = [this.bits.take(5) + 257, this.bits.take(5) + 1, this.bits.take(4) + 4]
    const own = times(19, 0)
    for (const symbol of LENGTHS_ORDER.slice(0, count)) own[symbol] = this.bits.take(3)
    const lengths = this.#codeLengths(codeOf(own), literals + distances)
    this.#compressed(codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals)))
  }

  #codeLengths(code: HuffmanCode, count: number): number[] {
    const lengths: number[] = []
    while (lengths.length < count) {
      const symbol = this.#read(code)
      if (symbol < 16) lengths.push(symbol)
      else if (symbol === 16) lengths.push(...times(3 + this.bits.take(2), lengths.at(-1) ?? 0))
      else lengths.push(...times(symbol === 17 ? 3 + this.bits.take(3) : 11 + this.bits.take(7), 0))
    }
    if (lengths.length > count) throw new InflateError('more code lengths than there are symbols')
    return lengths
  }

  #read(code: HuffmanCode): number {
    const symbol = code.read(this.bits)
    if (symbol === undefined) throw new InflateError('bits that are no code')
    return symbol
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#out.length) return
    const larger = Buffer.allocUnsafe(2 * this.#out.length + size)
    this.#out.copy(larger, 0, 0, this.#at)
    this.#out = larger
  }
}

function codeOf(lengths: readonly number[]): HuffmanCode {
  try {
    return new HuffmanCode(lengths)
  } catch (error) {
    throw new InflateError((error as RangeError).message)
  }
}

function times(count: number, value: number): number[] {
  return new Array<number>(count).fill(value)
}
