// Frames -> messages (RFC 6455 §5.4, §5.6): fragments in sequence, the size limit, unmasking, UTF-8 at the first bad byte.
// Takes slices from the frame parser; knows nothing about control frames and never closes anything.
import { type Buffer, isUtf8 } from 'node:buffer'
import { ByteCollector } from './byte-collector.js'
import { CloseCode } from './close-code.js'
import { ProtocolError } from './errors.js'
import type { FrameParser } from './frame-parser.js'
import { applyMask, rotateMaskingKey } from './masking.js'
import { MessageMemory } from './message-memory.js'
import { Opcode } from './opcode.js'
import { Utf8Validator } from './utf8.js'

/** The two kinds of message (RFC 6455 §5.6). */
export type MessageKind = 'text' | 'binary'

export interface MessageAssemblerOptions {
  /** Bytes; a longer message is a ProtocolError with 1009 as soon as a header declares it. */
  readonly maxMessageSize: number
  /** Whether text is handed out as a string or as the bytes of its UTF-8. */
  readonly text: 'string' | 'bytes'
}

/** Binary messages up to this size are copied out, so that keeping a small one does not pin a whole read chunk. */
const COPY_UP_TO = 4096
/** A message in pieces gets a multiple of the room that it has filled: what was received decides, not what a header claims. */
const GROWTH_KNOWN_END = 4
const GROWTH_OPEN_END = 2
/** Without it, reads of 64 KiB that each begin a few header bytes short would just miss every power of two, the last one too. */
const SPARE_ROOM = 256

/** Assembles one message after the other. */
export class MessageAssembler {
  /** The last complete message. Its owner sets this to '' when it has taken it: an idle connection must not pin it. */
  message: string | Buffer = ''
  /** Of the message that began last: of `message` when takeSlice() has just returned true. */
  kind: MessageKind = 'text'
  /** Whether the message that began last has RSV1 set on its first frame: its payload is not its bytes (RFC 7692 §6). */
  isCompressed = false
  /** Whether slices are memory that will be overwritten: then even a large message is copied out of its slice. @default false */
  copiesSlices = false

  readonly #options: MessageAssemblerOptions
  readonly #memory: MessageMemory
  /** Between the first frame of a message and its end. */
  #isOpen = false
  #isAscii = true
  #validator: Utf8Validator | undefined
  /** What has come of a message in pieces: `#partial[0, #size)`. */
  #partial: Buffer | undefined
  #size = 0
  /** Declared by the headers so far, the current frame included. */
  #declaredSize = 0
  /** What has come of a message whose end nobody can foresee. */
  #collector: ByteCollector | undefined

  constructor(options: MessageAssemblerOptions, memory = new MessageMemory()) {
    this.#options = options
    this.#memory = memory
  }

  /** Whether a message has begun and not ended. */
  get isInMessage(): boolean {
    return this.#isOpen
  }

  /** Bytes of memory that the unfinished message takes. */
  get heldBytes(): number {
    return (this.#partial?.length ?? 0) + (this.#collector?.capacity ?? 0)
  }

  /** Checks the header of a data frame, before any of its payload is taken. */
  beginFrame(frame: FrameParser): void {
    if (frame.opcode === Opcode.Continuation) {
      // RFC 6455 §5.4: a continuation frame continues a message that has begun.
      if (!this.#isOpen) throw sequenceFault('a continuation frame came outside a fragmented message')
    } else {
      // RFC 6455 §5.4: the fragments of one message must not be interleaved with those of another.
      if (this.#isOpen) throw sequenceFault('a new data frame came inside a fragmented message')
      this.#begin(frame)
    }
    this.#declaredSize += frame.payloadLength
    const { maxMessageSize } = this.#options
    if (this.#declaredSize > (this.isCompressed ? compressedBound(maxMessageSize) : maxMessageSize)) throw messageTooBig(maxMessageSize)
  }

  #begin(frame: FrameParser): void {
    this.kind = frame.opcode === Opcode.Text ? 'text' : 'binary'
    this.isCompressed = frame.rsv1
    this.#isOpen = true
    this.#declaredSize = 0
  }

  /** Takes the slice that the parser announced, unmasking it. @returns true when the message is complete */
  takeSlice(frame: FrameParser): boolean {
    const isLast = frame.fin && frame.isFrameComplete
    if (isLast && this.#partial === undefined) this.#finishWhole(frame)
    else this.#append(frame, isLast)
    if (isLast) this.#isOpen = false
    return isLast
  }

  /** Takes bytes of a compressed message, inflated: `bytes[0, size)`, which are the caller's again afterwards. */
  takeInflated(bytes: Buffer, size: number, isLast: boolean): void {
    if (this.#size + size > this.#options.maxMessageSize) throw messageTooBig(this.#options.maxMessageSize)
    if (isLast && this.#collector === undefined) this.#finishInflated(bytes, size)
    else this.#collect(bytes, size, isLast)
    if (isLast) this.#isOpen = false
  }

  #finishInflated(bytes: Buffer, size: number): void {
    const whole = bytes.subarray(0, size)
    if (this.kind === 'text' && !isUtf8(whole)) throw badUtf8()
    this.message = this.kind === 'text' && this.#options.text === 'string' ? whole.toString('utf8') : this.#memory.copy(whole)
  }

  #collect(bytes: Buffer, size: number, isLast: boolean): void {
    this.#size += size
    if (this.kind === 'text') this.#validate(bytes, { start: 0, end: size, seen: 0xff })
    const collector = (this.#collector ??= new ByteCollector())
    collector.append(bytes, size)
    if (!isLast) return
    this.#collector = undefined
    this.#finishCollected(collector.take())
  }

  /** The common case: the whole message in one slice. Nothing is collected. */
  #finishWhole(frame: FrameParser): void {
    const { bytes, sliceStart: start, sliceEnd: end } = frame
    if (this.kind === 'binary' && frame.masked && this.copiesSlices && this.#memory.canUnmask(bytes, end - start)) {
      this.message = this.#memory.unmask(bytes, start, end, rotateMaskingKey(frame.maskingKey, frame.sliceOffset))
      return
    }
    const seen = frame.masked ? applyMask(bytes, start, end, rotateMaskingKey(frame.maskingKey, frame.sliceOffset)) : 0xff
    if (this.kind === 'text' && seen > 0x7f && !isUtf8(bytes.subarray(start, end))) throw badUtf8()
    if (this.kind === 'text' && this.#options.text === 'string') {
      this.message = bytes.toString(seen <= 0x7f ? 'latin1' : 'utf8', start, end)
      return
    }
    const slice = bytes.subarray(start, end)
    this.message = this.copiesSlices || end - start <= COPY_UP_TO ? this.#memory.copy(slice) : slice
  }

  #append(frame: FrameParser, isLast: boolean): void {
    const added = frame.sliceEnd - frame.sliceStart
    const partial = this.#reserve(added, frame.fin)
    const start = this.#size
    const end = (this.#size += added)
    const seen = frame.masked ? applyMask(frame.bytes, frame.sliceStart, frame.sliceEnd, rotateMaskingKey(frame.maskingKey, frame.sliceOffset)) : 0xff
    frame.bytes.copy(partial, start, frame.sliceStart, frame.sliceEnd)
    if (this.kind === 'text') this.#validate(partial, { start, end, seen })
    if (isLast) this.#finishPartial()
  }

  #reserve(added: number, isEndKnown: boolean): Buffer {
    const needed = this.#size + added
    const partial = this.#partial
    if (partial !== undefined && needed <= partial.length) return partial
    const bound = isEndKnown ? this.#declaredSize : this.#options.maxMessageSize
    const generous = SPARE_ROOM + needed * (isEndKnown ? GROWTH_KNOWN_END : GROWTH_OPEN_END)
    const enough = Math.max(needed, Math.min(bound, generous))
    const larger = this.#memory.allocate(enough)
    partial?.copy(larger, 0, 0, this.#size)
    return (this.#partial = larger)
  }

  /** RFC 6455 §8.1: text that is not UTF-8 fails the connection, here at the first byte that cannot be mended. */
  #validate(bytes: Buffer, { start, end, seen }: { readonly start: number; readonly end: number; readonly seen: number }): void {
    if (this.#isAscii && seen <= 0x7f) return
    this.#isAscii = false
    this.#validator ??= new Utf8Validator()
    if (!this.#validator.push(bytes, start, end)) throw badUtf8()
  }

  #finishPartial(): void {
    const bytes = this.#partial!.subarray(0, this.#size)
    this.#partial = undefined
    this.#finishCollected(bytes)
  }

  #finishCollected(bytes: Buffer): void {
    const isAscii = this.#isAscii
    if (!isAscii && !this.#validator!.isComplete) throw badUtf8()
    this.#size = 0
    this.#isAscii = true
    this.message = this.kind === 'text' && this.#options.text === 'string' ? bytes.toString(isAscii ? 'latin1' : 'utf8') : bytes
  }

  /** Forgets an unfinished message. */
  discard(): void {
    this.#isOpen = false
    this.#partial = this.#collector = undefined
    this.#validator = undefined
    this.#isAscii = true
    this.#size = 0
    this.message = ''
  }
}

function sequenceFault(rule: string): ProtocolError {
  const message = `RFC 6455 §5.4: ${rule}`
  return new ProtocolError({ code: 'WS_ERR_FRAGMENT_SEQUENCE', message, closeCode: CloseCode.ProtocolError, section: '5.4' })
}

/** What a message may take that cannot be compressed and was sent as compressed nevertheless: the worst case of zlib's deflateBound(). */
function compressedBound(size: number): number {
  return size + Math.ceil(size / 8) + Math.ceil(size / 64) + 64
}

/** A message longer than `limit`: its headers say so, or what was inflated. */
export function messageTooBig(limit: number): ProtocolError {
  const message = `a message exceeds maxMessageSize (${limit} bytes)`
  return new ProtocolError({ code: 'WS_ERR_MESSAGE_TOO_BIG', message, closeCode: CloseCode.MessageTooBig, section: '7.4.1' })
}

function badUtf8(): ProtocolError {
  const message = 'RFC 6455 §8.1: a text message must be UTF-8'
  return new ProtocolError({ code: 'WS_ERR_INVALID_UTF8', message, closeCode: CloseCode.InvalidFramePayloadData, section: '8.1' })
}
