// The payload of compressed messages -> their bytes (RFC 7692 §7.2.2), slice by slice, as far as the owner pulls: it stops where
// the message gets too long or the turn has lasted long enough. Knows bytes, no frames and no text.
import { Buffer } from 'node:buffer'
import { ByteCollector } from '../protocol/byte-collector.js'
import { messageTooBig } from '../protocol/message-assembler.js'
import { badData, endsWithFinalBlock, endsWithinData, MESSAGE_END } from './payload.js'
import { type ContextKind, Z_BLOCK, Z_FINISH, Z_SYNC_FLUSH, type ZlibContext, ZlibError } from './zlib-context.js'
import type { ZlibPool } from './zlib-pool.js'

export interface InflaterOptions {
  readonly windowBits: number
  /** Whether messages may refer to earlier ones: the state is then kept until close(). */
  readonly keepsContext: boolean
  readonly maxMessageSize: number
}

/** Up to here the compressed form of a message in several slices is kept beside what it inflates to, for its relay. */
const MAX_KEPT = 256 * 1024

/**
 * RFC 7692 §7.2.2: what the sender has left out of its last flush. Where the history goes on, Z_BLOCK stops zlib at the end of a
 * block, so that the byte behind is left over exactly when the message ended where a message can end.
 */
const KEPT_MESSAGE_END = Buffer.of(0, 0, 0xff, 0xff, 0xff)

export class Inflater {
  /** What the last next() has made: `output[0, outputLength)`, valid until anybody else inflates or deflates. */
  outputLength = 0
  /** Whether that was the end of the message. */
  isMessageEnd = false
  /** Whether next() has something to do. */
  hasWork = false

  readonly #pool: ZlibPool
  readonly #kind: ContextKind
  readonly #options: InflaterOptions
  #context: ZlibContext | undefined
  #isLast = false
  #isInTail = false
  /** Whether the message contains a block with BFINAL. */
  #hasFinalBlock = false
  /** What came while there was no room for a state. */
  #collected: ByteCollector | undefined
  /** The message as it came, while it is short enough: its only slice, or copies of several. */
  #whole: Buffer | undefined
  #kept: ByteCollector | undefined
  /** Bytes of the message so far. */
  #taken = 0

  constructor(pool: ZlibPool, options: InflaterOptions) {
    this.#pool = pool
    this.#options = options
    this.#kind = { windowBits: options.windowBits, level: undefined, memLevel: 8 }
  }

  /** Bytes of memory that the unfinished message takes here, before it is inflated. */
  get heldBytes(): number {
    return (this.#collected?.capacity ?? 0) + (this.#kept?.capacity ?? 0)
  }

  get output(): Buffer {
    return this.#pool.scratch
  }

  /** Takes the next slice of the message; it must stay as it is while there is work. */
  feed(slice: Buffer, isLast: boolean): void {
    if (this.isMessageEnd) this.#begin()
    this.#isLast = isLast
    this.#keep(slice, isLast)
    const context = (this.#context ??= this.#open(isLast))
    if (context === undefined) return (this.#collected ??= new ByteCollector()).append(slice, slice.length)
    const input = this.#withCollected(slice)
    context.feed(input, 0, input.length)
    this.hasWork = true
  }

  #begin(): void {
    this.isMessageEnd = this.#isInTail = this.#hasFinalBlock = false
    this.#whole = this.#kept = undefined
    this.#taken = 0
  }

  /** The only slice of a message is good for as long as its handlers run; others are copied. Only a context of our own tells of final blocks. */
  #keep(slice: Buffer, isLast: boolean): void {
    if (this.#options.keepsContext || !this.#pool.reusesContexts) return
    const isOnly = isLast && this.#taken === 0
    this.#taken += slice.length
    if (this.#taken > MAX_KEPT) this.#kept = undefined
    else if (isOnly) this.#whole = slice
    else (this.#kept ??= new ByteCollector()).append(slice, slice.length)
  }

  /**
   * The payload of the message that has just ended, as it came; undefined when others could not inflate it: it may refer to
   * earlier messages, or ends its deflate stream. It is good as long as what was fed last.
   */
  takePayload(): Buffer | undefined {
    const payload = this.#hasFinalBlock ? undefined : (this.#whole ?? this.#kept?.take())
    this.#whole = this.#kept = undefined
    return payload
  }

  #withCollected(slice: Buffer): Buffer {
    if (this.#collected === undefined) return slice
    this.#collected.append(slice, slice.length)
    const input = this.#collected.take()
    this.#collected = undefined
    return input
  }

  /** A message that is complete gets a state in any case: it will be back before this turn ends. */
  #open(isLast: boolean): ZlibContext | undefined {
    if (this.#options.keepsContext) return this.#limited(this.#pool.make(this.#kind))
    const context = this.#pool.borrow(this.#kind)
    if (isLast || this.#pool.hold(context)) return this.#limited(context)
    this.#pool.giveBack(context)
    return undefined
  }

  #limited(context: ZlibContext): ZlibContext {
    context.maxOutput = this.#options.maxMessageSize
    return context
  }

  /** Copies what was fed and not inflated: the memory of the slice is needed elsewhere. */
  keepInput(): void {
    this.#context?.keepInput()
    if (this.#whole !== undefined) this.#whole = Buffer.from(this.#whole)
  }

  /** Whether the rest may wait for a later turn. */
  canWait(): boolean {
    return this.#options.keepsContext || this.#pool.hold(this.#context!)
  }

  /** Makes the next piece of output. @throws ProtocolError 1007 for what is not deflate data */
  next(): void {
    const context = this.#context!
    try {
      this.outputLength = this.#isInTail ? 0 : this.#inflate(context)
      if (this.#isInTail) this.outputLength += this.#inflateTail(context, this.outputLength)
    } catch (error) {
      if (!(error instanceof ZlibError)) throw error
      throw error.isTooMuch ? messageTooBig(this.#options.maxMessageSize) : badData('the payload is not valid DEFLATE data')
    }
  }

  #inflate(context: ZlibContext): number {
    const size = context.run(Z_SYNC_FLUSH, this.output, 0)
    if (context.isOutputFull) return size
    if (context.inputLeft > 0) {
      // RFC 7692 §7.2.3.4: a block with BFINAL ends a deflate stream, and more may follow.
      context.reset()
      this.#hasFinalBlock = true
      return size
    }
    if (this.#isLast) {
      const end = this.#options.keepsContext ? KEPT_MESSAGE_END : MESSAGE_END
      context.feed(end, 0, end.length)
      this.#isInTail = true
    } else this.hasWork = false
    return size
  }

  #inflateTail(context: ZlibContext, at: number): number {
    const { keepsContext } = this.#options
    const size = context.run(keepsContext ? Z_BLOCK : Z_FINISH, this.output, at)
    if (keepsContext) return this.#endKept(context, size)
    if (context.isOutputFull) return size
    this.#hasFinalBlock = endsWithFinalBlock(context.inputLeft) || this.#hasFinalBlock
    this.#end(context)
    return size
  }

  /** All output of the message has been made before its tail, which makes none; then zlib has stopped before the sentinel. */
  #endKept(context: ZlibContext, size: number): number {
    if (context.inputLeft === KEPT_MESSAGE_END.length) context.reset() // the stream has ended before its tail
    else if (context.inputLeft !== 1 || size > 0) throw endsWithinData()
    this.#end(context)
    return size
  }

  #end(context: ZlibContext): void {
    this.hasWork = false
    this.isMessageEnd = true
    if (this.#options.keepsContext) return context.release()
    this.#context = undefined
    this.#pool.giveBack(context)
  }

  /** The connection ends. */
  close(): void {
    const context = this.#context
    this.#context = this.#collected = this.#whole = this.#kept = undefined
    this.hasWork = false
    if (context === undefined) return
    if (this.#options.keepsContext) context.close()
    else this.#pool.drop(context)
  }
}
