// RFC 1951 read plainly, bit by bit, with no library: says what came out, how far back it referred and how the data ended. Slow,
// and knows nothing of the code under test, so that it can serve as its oracle.
import { Buffer } from 'node:buffer'

export interface Inflated {
  readonly output: Buffer
  /** The farthest that any match referred back; 0 without matches. */
  readonly maxDistance: number
  readonly blocks: number
  /** Blocks with BFINAL: each ends a deflate stream, and the history with it. */
  readonly finalBlocks: number
  /** Whether the data ended at the end of a block, and that at the end of a byte; behind a final block the tail may be missing. */
  readonly isComplete: boolean
  /** Not deflate data at all. */
  readonly isBroken: boolean
}

class EndOfData extends Error {}
class BrokenData extends Error {}

class Bits {
  at = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length * 8 - this.at
  }

  take(count: number): number {
    if (this.left < count) throw new EndOfData()
    let value = 0
    for (let i = 0; i < count; i++, this.at++) value |= ((this.#bytes[this.at >> 3]! >> (this.at & 7)) & 1) << i
    return value
  }

  align(): void {
    this.at = (this.at + 7) & ~7
  }
}

/** RFC 1951 §3.2.2: from code lengths to a table by length and code. */
class Huffman {
  readonly #symbols = new Map<number, number>()

  constructor(lengths: readonly number[]) {
    let code = 0
    for (let length = 1; length <= 15; length++, code <<= 1) {
      lengths.forEach((own, symbol) => { if (own === length) this.#symbols.set((length << 16) | code++, symbol) })
      if (code > 1 << length) throw new BrokenData()
    }
  }

  read(bits: Bits): number {
    let code = 0
    for (let length = 1; length <= 15; length++) {
      code = (code << 1) | bits.take(1)
      const symbol = this.#symbols.get((length << 16) | code)
      if (symbol !== undefined) return symbol
    }
    throw new BrokenData()
  }
}

/** RFC 1951 §3.2.5: the smallest value of each symbol and its extra bits. */
const LENGTHS = extraTable({ first: 3, symbols: 28, extraOf: (i) => (i < 8 ? 0 : (i >> 2) - 1) }).concat([[258, 0]])
const DISTANCES = extraTable({ first: 1, symbols: 30, extraOf: (i) => (i < 4 ? 0 : (i >> 1) - 1) })
const FIXED = new Huffman([...repeated(144, 8), ...repeated(112, 9), ...repeated(24, 7), ...repeated(8, 8)])
const FIXED_DISTANCES = new Huffman(repeated(30, 5))

function extraTable({ first, symbols, extraOf }: { first: number; symbols: number; extraOf: (symbol: number) => number }): [number, number][] {
  let value = first
  return Array.from({ length: symbols }, (_, i) => {
    const entry: [number, number] = [value, extraOf(i)]
    value += 1 << entry[1]
    return entry
  })
}

function repeated(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value)
}

class Reader {
  readonly bits: Bits
  readonly output: number[]
  /** Where the current stream's history begins. */
  historyAt = 0
  maxDistance = 0
  blocks = 0
  finalBlocks = 0
  endsStream = false

  constructor(bytes: Uint8Array, history: Uint8Array) {
    this.bits = new Bits(bytes)
    this.output = [...history]
  }

  readBlock(): void {
    const isFinal = this.bits.take(1) === 1
    const type = this.bits.take(2)
    if (type === 3) throw new BrokenData()
    if (type === 0) this.#readStored()
    else this.#readCompressed(type === 1 ? [FIXED, FIXED_DISTANCES] : this.#readCodes())
    this.blocks++
    this.endsStream = isFinal
    if (!isFinal) return
    this.finalBlocks++
    this.bits.align()
    this.historyAt = this.output.length
  }

  #readStored(): void {
    this.bits.align()
    const size = this.bits.take(16)
    if ((size ^ 0xffff) !== this.bits.take(16)) throw new BrokenData()
    for (let i = 0; i < size; i++) this.output.push(this.bits.take(8))
  }

  #readCodes(): [Huffman, Huffman] {
    const [literals, distances, count] = [this.bits.take(5) + 257, this.bits.take(5) + 1, this.bits.take(4) + 4]
    const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    const own = repeated(19, 0)
    for (let i = 0; i < count; i++) own[order[i]!] = this.bits.take(3)
    const codes = new Huffman(own)
    const lengths: number[] = []
    while (lengths.length < literals + distances) this.#readLengths(codes.read(this.bits), lengths)
    if (lengths.length > literals + distances || literals > 286 || lengths[256] === 0) throw new BrokenData()
    return [new Huffman(lengths.slice(0, literals)), new Huffman(lengths.slice(literals))]
  }

  #readLengths(symbol: number, lengths: number[]): void {
    if (symbol < 16) return void lengths.push(symbol)
    if (symbol === 16 && lengths.length === 0) throw new BrokenData()
    if (symbol === 16) lengths.push(...repeated(3 + this.bits.take(2), lengths.at(-1)!))
    else lengths.push(...repeated(symbol === 17 ? 3 + this.bits.take(3) : 11 + this.bits.take(7), 0))
  }

  #readCompressed([literals, distances]: readonly [Huffman, Huffman]): void {
    for (let symbol = literals.read(this.bits); symbol !== 256; symbol = literals.read(this.bits)) {
      if (symbol < 256) this.output.push(symbol)
      else this.#copy(this.#value(LENGTHS[symbol - 257]), this.#value(DISTANCES[distances.read(this.bits)]))
    }
  }

  #value(entry: [number, number] | undefined): number {
    if (entry === undefined) throw new BrokenData()
    return entry[0] + this.bits.take(entry[1])
  }

  #copy(length: number, distance: number): void {
    const from = this.output.length - distance
    if (from < this.historyAt) throw new BrokenData()
    this.maxDistance = Math.max(this.maxDistance, distance)
    for (let i = 0; i < length; i++) this.output.push(this.output[from + i]!)
  }
}

const TAIL = Buffer.of(0, 0, 0xff, 0xff)

/** A payload as a frame carries it: the tail of RFC 7692 §7.2.2 is added here. @param history what earlier messages left behind */
export function inflatePlainly(payload: Uint8Array, history: Uint8Array = Buffer.alloc(0)): Inflated {
  const reader = new Reader(Buffer.concat([payload, TAIL]), history)
  let [isComplete, isBroken] = [false, false]
  try {
    while (!isComplete) {
      reader.readBlock()
      // A final block that is the last of the message leaves the whole tail over.
      isComplete = reader.bits.left === 0 || (reader.endsStream && reader.bits.left === TAIL.length * 8)
    }
  } catch (error) {
    if (error instanceof BrokenData) isBroken = true
    else if (!(error instanceof EndOfData)) throw error
  }
  const { maxDistance, blocks, finalBlocks } = reader
  return { output: Buffer.from(reader.output.slice(history.length)), maxDistance, blocks, finalBlocks, isComplete, isBroken }
}
