// What one side's compressed messages hold, one after the other (RFC 7692 §7.2.2), with the history that was agreed on: part of the
// reference. Knows payloads, no frames.
import { Buffer, isUtf8 } from 'node:buffer'
import { BadDeflate, type Inflated, inflateMessage } from './inflate.js'
import { canBecomeUtf8 } from './utf8.js'

export interface ContextOptions {
  /** Whether messages may refer to earlier ones (RFC 7692 §7.1.1). */
  readonly keepsContext: boolean
  /** How far back they may refer, as a power of 2 (§7.1.2). */
  readonly windowBits: number
  /**
   * How the receiver under test takes a message that does not end as it should: oddly or in the middle of a block. 'strict' leaves open the
   * former, 'lenient' both; 'literal' takes what RFC 7692 §7.2.2 makes of it, and the latter for an error. @default 'literal'
   */
  readonly receiver?: 'strict' | 'lenient' | 'literal'
}

export interface PayloadOptions {
  readonly isText: boolean
  /** Whether this is all of the message. */
  readonly isWhole: boolean
  readonly limit: number
  /** What the frames so far say of the payload's length. */
  readonly declared: number
}

export interface Read {
  readonly bytes: Buffer
  /** Of the rules that are broken, the close codes. Which of them shows first is left open. */
  readonly codes: readonly number[]
}

/** The RFCs leave open what happens. */
export class Unclear extends Error {
  constructor() {
    super('anything')
  }
}

export class InflatingContext {
  readonly #options: ContextOptions
  #history: Buffer = Buffer.alloc(0)

  constructor(options: ContextOptions) {
    this.#options = options
  }

  /** Reads a message or, any number of times, its beginning. @throws Unclear */
  read(payload: Buffer, options: PayloadOptions): Read {
    const { isText, isWhole, limit, declared } = options
    // Overhead is not limited by the RFCs; what is far beyond any reasonable one is.
    if (declared > 2 * limit + 1_000) return { bytes: payload, codes: [1009] }
    const inflated = this.#inflate(payload, isWhole)
    const { bytes, farthest = 0, end = 'right' } = inflated
    // What no sender does, and not every receiver notices
    if (this.#isOpen(isWhole ? end : 'right') || farthest > 2 ** this.#options.windowBits) throw new Unclear()
    const isBad = inflated instanceof BadDeflate || (isWhole && end === 'inside')
    const isWrongText = isText && !(isWhole ? isUtf8(bytes) : canBecomeUtf8(bytes))
    const isBroken = isBad || isWrongText
    // The payload of a message within the limit may be a bit longer than that
    if (declared > limit && !isBroken && bytes.length <= limit) throw new Unclear()
    const codes = [...(isBroken ? [1007] : []), ...(Math.max(bytes.length, declared) > limit ? [1009] : [])]
    if (isWhole && this.#options.keepsContext && !(inflated instanceof BadDeflate)) this.#history = inflated.history
    return { bytes, codes }
  }

  #isOpen(end: Inflated['end']): boolean {
    const { receiver = 'literal' } = this.#options
    return receiver === 'strict' ? end === 'odd' : receiver === 'lenient' && end !== 'right'
  }

  #inflate(payload: Buffer, isWhole: boolean): Inflated | (BadDeflate & Partial<Inflated>) {
    try {
      return inflateMessage(payload, { history: this.#history, isWhole })
    } catch (error) {
      if (error instanceof BadDeflate) return error
      throw error
    }
  }
}
