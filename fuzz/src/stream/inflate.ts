// DEFLATE read by the book (RFC 1951), bit after bit, for the payload of one compressed message (RFC 7692 §7.2.2): the oracle. It shares
// nothing with zlib, and says how far back a stream refers, which zlib does not.
import { Buffer } from 'node:buffer'

export interface Inflated {
  readonly bytes: Buffer
  /** What later blocks may refer to: all that came before, unless a block with BFINAL has ended a stream between. */
  readonly history: Buffer
  /** The longest distance that the stream refers back (RFC 1951 §3.2.5). */
  readonly farthest: number
  /**
   * How the message ends: as it should, where the tail makes an empty block, or behind a last block; in the middle of a block; or, oddly,
   * where the tail makes something else complete.
   */
  readonly end: 'right' | 'inside' | 'odd'
}

export interface InflateOptions {
  /** What earlier messages decompressed to, as far as the context is taken over. @default nothing */
  readonly history?: Uint8Array
  /** Whether this is all of the message, whose tail is to be appended (RFC 7692 §7.2.2). @default true */
  readonly isWhole?: boolean
}

/** The stream breaks RFC 1951. `bytes` came out before that. */
export class BadDeflate extends Error {
  readonly bytes: Buffer

  constructor(rule: string, bytes: Buffer) {
    super(rule)
    this.bytes = bytes
  }
}

/** Thrown at the end of the input, wherever that is. */
class EndOfInput extends Error {}

/** RFC 7692 §7.2.2: what the sender has cut off. */
const TAIL = Buffer.from('0000ffff', 'hex')

/** @throws BadDeflate */
export function inflateMessage(payload: Uint8Array, { history = Buffer.alloc(0), isWhole = true }: InflateOptions = {}): Inflated {
  return new Reading(payload, { history, tail: isWhole ? TAIL : Buffer.alloc(0) }).run()
}

/** How many codes there are of each length, and the symbols in the order of their codes: all that a canonical code is (§3.2.2). */
interface Code {
  readonly counts: readonly number[]
  readonly symbols: readonly number[]
}

const MAX_BITS = 15
/** §3.2.5: no distance is longer. */
const WINDOW = 32_768
const END_OF_BLOCK = 256
/** §3.2.7: the order in which the lengths of the code length codes come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
/** §3.2.5: the base and the extra bits of each length from 257, and of each distance. */
const LENGTHS = rangesFrom(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5]).concat([[258, 0]])
const DISTANCES = rangesFrom(1, Array.from({ length: 30 }, (_, index) => Math.max(0, (index >> 1) - 1)))
/** Nothing can be read by it; as zlib has it, that shows only in the end, where an end of block is missing. */
const NO_CODE: Code = { counts: [0, 2, ...new Array<number>(MAX_BITS - 1).fill(0)], symbols: [0, 0] }
const FIXED_LITERALS = codeOf(Array.from({ length: 288 }, (_, symbol) => fixedLength(symbol)))
const FIXED_DISTANCES = codeOf(new Array<number>(32).fill(5))

function rangesFrom(first: number, extraBits: readonly number[]): (readonly [base: number, bits: number])[] {
  let base = first
  return extraBits.map((bits) => {
    const range = [base, bits] as const
    base += 1 << bits
    return range
  })
}

/** §3.2.6. */
function fixedLength(symbol: number): number {
  if (symbol < 144) return 8
  if (symbol < 256) return 9
  return symbol < 280 ? 7 : 8
}

function codeOf(lengths: readonly number[]): Code {
  const counts = Array.from({ length: MAX_BITS + 1 }, (_, bits) => lengths.filter((length) => length === bits).length)
  const symbols = lengths.map((_, symbol) => symbol).filter((symbol) => lengths[symbol]! > 0)
  return { counts, symbols: symbols.sort((one, other) => lengths[one]! - lengths[other]! || one - other) }
}

/** What a code leaves unused, in codes of 15 bits: below 0 it is over-subscribed. */
function unusedOf({ counts }: Code): number {
  return counts.slice(1).reduce((left, count, index) => left - count * 2 ** (MAX_BITS - 1 - index), 2 ** MAX_BITS)
}

/** §3.2.7 allows one distance code of one bit, half of which is unused. As zlib has it, so may the literals have one symbol only. */
function isUsable(code: Code): boolean {
  const unused = unusedOf(code)
  return unused === 0 || (unused > 0 && code.counts.every((count, bits) => bits < 2 || count === 0))
}

class Reading {
  readonly #input: Buffer
  readonly #historySize: number
  readonly #output: number[]
  #bit = 0
  #farthest = 0
  #isBetween = true
  #isEndRight = true
  /** Where in the output the stream begins: further back than that nothing may be referred to. */
  #start = 0
  readonly #tailAt: number

  constructor(payload: Uint8Array, { history, tail }: { readonly history: Uint8Array; readonly tail: Buffer }) {
    this.#input = Buffer.concat([payload, tail])
    this.#tailAt = tail.length > 0 ? payload.length * 8 : Infinity
    this.#historySize = history.length
    this.#output = [...history]
  }

  run(): Inflated {
    try {
      for (;;) {
        const isLast = this.#readBlock()
        if (isLast) this.#beginStream()
      }
    } catch (error) {
      if (!(error instanceof EndOfInput)) throw error
    }
    const history = Buffer.from(this.#output.slice(Math.max(this.#start, this.#output.length - WINDOW)))
    const end = !this.#isBetween ? 'inside' : this.#isEndRight ? 'right' : 'odd'
    return { bytes: this.#bytes, history, farthest: this.#farthest, end }
  }

  /** §3.2.3: BFINAL ends the data set. RFC 7692 §7.2.3.4: more blocks may follow, from the next byte on. */
  #beginStream(): void {
    this.#bit = Math.ceil(this.#bit / 8) * 8
    this.#start = this.#output.length
    // The last block was the message's own end: of the tail nothing is needed
    this.#isEndRight = this.#bit === this.#tailAt
    if (this.#isEndRight) this.#bit = this.#input.length * 8
  }

  get #bytes(): Buffer {
    return Buffer.from(this.#output.slice(this.#historySize))
  }

  #bad(rule: string): BadDeflate {
    return new BadDeflate(rule, this.#bytes)
  }

  /** §3.1.1: the lowest bit of a byte first. */
  #bits(count: number): number {
    if (this.#bit + count > this.#input.length * 8) throw new EndOfInput()
    let value = 0
    for (let index = 0; index < count; index++, this.#bit++) value |= ((this.#input[this.#bit >> 3]! >> (this.#bit & 7)) & 1) << index
    return value
  }

  /** §3.2.3. @returns whether it was the last one */
  #readBlock(): boolean {
    this.#isBetween = this.#bit === this.#input.length * 8
    const isLast = this.#bits(1) === 1
    const kind = this.#bits(2)
    this.#isEndRight = kind === 0 && Math.ceil(this.#bit / 8) * 8 === this.#tailAt
    if (kind === 0) this.#readStored()
    else if (kind === 1) this.#readSymbols(FIXED_LITERALS, FIXED_DISTANCES)
    else if (kind === 2) this.#readDynamic()
    else throw this.#bad('§3.2.3: a reserved kind of block')
    return isLast
  }

  /** §3.2.4. */
  #readStored(): void {
    this.#bit = Math.ceil(this.#bit / 8) * 8
    const length = this.#bits(16)
    if (this.#bits(16) !== (length ^ 0xffff)) throw this.#bad('§3.2.4: LEN and NLEN do not match')
    for (let index = 0; index < length; index++) this.#output.push(this.#bits(8))
  }

  /** §3.2.7. */
  #readDynamic(): void {
    const [literals, distances, ordered] = [this.#bits(5) + 257, this.#bits(5) + 1, this.#bits(4) + 4]
    if (literals > 286 || distances > 30) throw this.#bad('§3.2.7: too many codes')
    const codeLengths = new Array<number>(19).fill(0)
    for (const symbol of ORDER.slice(0, ordered)) codeLengths[symbol] = this.#bits(3)
    const code = codeLengths.every((length) => length === 0) ? NO_CODE : codeOf(codeLengths)
    if (unusedOf(code) !== 0 && code !== NO_CODE) throw this.#bad('§3.2.7: the code length code is not complete')
    const lengths = this.#readLengths(code, literals + distances)
    if (lengths[END_OF_BLOCK] === 0) throw this.#bad('§3.2.7: no end of block')
    const [literalCode, distanceCode] = [codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals))]
    if (!isUsable(literalCode) || !isUsable(distanceCode)) throw this.#bad('§3.2.7: a code that is not complete')
    this.#readSymbols(literalCode, distanceCode)
  }

  #readLengths(code: Code, count: number): number[] {
    const lengths: number[] = []
    while (lengths.length < count) {
      const symbol = this.#symbol(code)
      if (symbol < 16) lengths.push(symbol)
      else {
        const times = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7)
        const value = symbol === 16 ? lengths.at(-1) : 0
        if (value === undefined) throw this.#bad('§3.2.7: nothing to repeat')
        lengths.push(...new Array<number>(times).fill(value))
      }
    }
    if (lengths.length > count) throw this.#bad('§3.2.7: a repetition beyond the last length')
    return lengths
  }

  #readSymbols(literals: Code, distances: Code): void {
    for (;;) {
      const symbol = this.#symbol(literals)
      if (symbol === END_OF_BLOCK) return
      if (symbol < END_OF_BLOCK) this.#output.push(symbol)
      else this.#copy(this.#extended(LENGTHS[symbol - 257]), this.#extended(DISTANCES[this.#symbol(distances)]))
    }
  }

  #extended(range: readonly [base: number, bits: number] | undefined): number {
    if (range === undefined) throw this.#bad('§3.2.5: a symbol that never occurs')
    return range[0] + this.#bits(range[1])
  }

  #copy(length: number, distance: number): void {
    if (distance > this.#output.length - this.#start) throw this.#bad('§3.2.3: a distance past the beginning')
    this.#farthest = Math.max(this.#farthest, distance)
    for (let index = 0; index < length; index++) this.#output.push(this.#output[this.#output.length - distance]!)
  }

  /** §3.1.1, §3.2.2: Huffman codes come with their highest bit first; those of one length follow each other. */
  #symbol({ counts, symbols }: Code): number {
    let [code, first, index] = [0, 0, 0]
    for (let bits = 1; bits <= MAX_BITS; bits++) {
      code |= this.#bits(1)
      const count = counts[bits]!
      if (code - first < count) return symbols[index + code - first]!
      if (symbols.length < 2) break
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw this.#bad('§3.2.2: a code that stands for nothing')
  }
}
