// Bytes -> frames (RFC 6455 §5.2), as a pull parser: feed() a chunk, then next() yields a header, a slice of payload or
// "need more". It never reads ahead of its owner, who may stop between any two frames; it reports, and never closes.
import { Buffer } from 'node:buffer'
import { CloseCode } from './close-code.js'
import { ProtocolError } from './errors.js'
import { readMaskingKey } from './masking.js'
import { Opcode, canHaveRsv1, isControlOpcode, isOpcode } from './opcode.js'

/** What next() found. */
export const ParserEvent = { NeedMore: 0, Header: 1, Payload: 2 } as const
export type ParserEvent = (typeof ParserEvent)[keyof typeof ParserEvent]

export interface FrameParserOptions {
  /** RFC 6455 §5.1: a server takes masked frames only, a client unmasked ones only; undefined takes both. */
  readonly masked: boolean | undefined
  /** Whether a negotiated extension defines RSV1 (RFC 7692 §6). @default false */
  readonly allowRsv1?: boolean
}

const MAX_CONTROL_PAYLOAD = 125
const NOTHING = Buffer.alloc(0)

/** One frame at a time. The public fields describe the frame, and the slice of its payload, that next() announced last. */
export class FrameParser {
  fin = true
  rsv1 = false
  opcode: Opcode = Opcode.Continuation
  masked = false
  /** First byte lowest; 0 for an unmasked frame. */
  maskingKey = 0
  /** The frame's whole payload, in bytes, as its header declares it. */
  payloadLength = 0

  /** The slice is `bytes[sliceStart, sliceEnd)`, still masked; it begins `sliceOffset` bytes into the payload. */
  bytes: Buffer = NOTHING
  sliceStart = 0
  sliceEnd = 0
  sliceOffset = 0

  readonly #options: FrameParserOptions
  #chunk: Buffer = NOTHING
  #position = 0
  #inPayload = false
  #payloadTaken = 0
  /** What is left of a header or control payload that was cut by the end of a chunk. */
  #carry: Buffer | undefined
  #carried = 0

  constructor(options: FrameParserOptions) {
    this.#options = options
  }

  /** Whether the slice announced last ends its frame's payload. */
  get isFrameComplete(): boolean {
    return !this.#inPayload
  }

  /** Whether a frame has begun, be it by one byte of its header, and has not ended. */
  get isInFrame(): boolean {
    return this.#inPayload || this.#carried > 0
  }

  /** Bytes that were fed and not looked at yet. */
  get unparsedLength(): number {
    return this.#chunk.length - this.#position
  }

  /** Takes the next bytes of the stream. The chunk belongs to the parser: its owner unmasks in place. */
  feed(chunk: Buffer): void {
    const left = this.#chunk.length - this.#position
    this.#chunk = left === 0 ? chunk : Buffer.concat([this.#chunk.subarray(this.#position), chunk])
    this.#position = 0
  }

  /** Copies what was fed and not looked at: the memory of the chunk is needed elsewhere. */
  keepUnparsed(): void {
    this.#chunk = Buffer.from(this.#chunk.subarray(this.#position))
    this.#position = 0
  }

  /** Forgets all bytes that were fed and not looked at. */
  discard(): void {
    this.#chunk = this.bytes = NOTHING
    this.#position = 0
  }

  /**
   * Advances by one header or one slice of payload. A control payload comes whole, in one slice that the next call may
   * overwrite. Throws a ProtocolError at the first header field that breaks a rule; the parser is of no use after that.
   */
  next(): ParserEvent {
    return this.#inPayload ? this.#nextPayload() : this.#nextHeader()
  }

  #nextHeader(): ParserEvent {
    const chunk = this.#chunk
    const at = this.#position
    const left = chunk.length - at
    if (left === 0) return this.#needMore()
    if (this.#carried > 0 || left < 2 || left < headerSize(chunk[at + 1]!)) return this.#nextCutHeader()
    this.#decodeHeader(chunk, at)
    this.#position = at + headerSize(chunk[at + 1]!)
    return ParserEvent.Header
  }

  /** A header in pieces: checked byte by byte, so that a wrong first byte is reported before the second arrives. */
  #nextCutHeader(): ParserEvent {
    const carry = (this.#carry ??= Buffer.allocUnsafeSlow(MAX_CONTROL_PAYLOAD))
    while (this.#position < this.#chunk.length) {
      carry[this.#carried++] = this.#chunk[this.#position++]!
      if (this.#carried === 1) this.#decodeFirstByte(carry[0]!)
      else if (this.#carried === 2) this.#checkSecondByte(carry[1]!)
      else if (this.#carried === 2 + lengthSize(carry[1]!)) readLength(carry, 0)
      if (this.#carried >= 2 && this.#carried === headerSize(carry[1]!)) {
        this.#carried = 0
        this.#decodeHeader(carry, 0)
        return ParserEvent.Header
      }
    }
    return this.#needMore()
  }

  #decodeHeader(bytes: Buffer, at: number): void {
    const second = bytes[at + 1]!
    this.#decodeFirstByte(bytes[at]!)
    this.#checkSecondByte(second)
    this.payloadLength = readLength(bytes, at)
    this.masked = second >= 0x80
    this.maskingKey = this.masked ? readMaskingKey(bytes, at + 2 + lengthSize(second)) : 0
    this.#inPayload = true
    this.#payloadTaken = 0
  }

  #decodeFirstByte(first: number): void {
    const opcode = first & 0x0f
    if ((first & 0x70) !== 0) this.#checkReservedBits(first)
    // RFC 6455 §5.2: an unknown opcode fails the connection.
    if (!isOpcode(opcode)) throw fault('WS_ERR_OPCODE', '5.2', `opcode 0x${opcode.toString(16)} is reserved`)
    this.fin = first >= 0x80
    this.rsv1 = (first & 0x40) !== 0
    this.opcode = opcode
    // RFC 6455 §5.5: control frames must not be fragmented.
    if (!this.fin && isControlOpcode(opcode)) throw fault('WS_ERR_CONTROL_FRAME', '5.5', 'a control frame must not be fragmented')
  }

  /** RFC 6455 §5.2: RSV1-3 must be 0 unless an extension was negotiated that defines them. */
  #checkReservedBits(first: number): void {
    if ((first & 0x30) !== 0) throw fault('WS_ERR_RESERVED_BITS', '5.2', 'RSV2 and RSV3 must be 0')
    if (this.#options.allowRsv1 !== true) {
      throw fault('WS_ERR_RESERVED_BITS', '5.2', 'RSV1 must be 0 where no extension was negotiated that defines it')
    }
    // RFC 7692 §6: RSV1 marks a compressed message, on its first frame only, and never a control frame.
    if (!canHaveRsv1(first & 0x0f)) throw fault('WS_ERR_RESERVED_BITS', '5.2', 'RSV1 must be 0 on all but the first frame of a message')
  }

  #checkSecondByte(second: number): void {
    const masked = second >= 0x80
    if (this.#options.masked !== undefined && masked !== this.#options.masked) {
      // RFC 6455 §5.1: a server must close upon a frame that is not masked, a client upon one that is.
      throw fault('WS_ERR_MASK', '5.1', masked ? 'a server must not mask its frames' : 'a client must mask its frames')
    }
    // RFC 6455 §5.5: control frames have a payload of at most 125 bytes.
    if ((second & 0x7f) > MAX_CONTROL_PAYLOAD && isControlOpcode(this.opcode)) {
      throw fault('WS_ERR_CONTROL_FRAME', '5.5', `the payload of a control frame is at most ${MAX_CONTROL_PAYLOAD} bytes`)
    }
  }

  #nextPayload(): ParserEvent {
    const left = this.#chunk.length - this.#position
    const missing = this.payloadLength - this.#payloadTaken
    if (isControlOpcode(this.opcode) && (this.#carried > 0 || left < missing)) return this.#nextCutControlPayload()
    if (left === 0 && missing > 0) return this.#needMore()
    const size = left < missing ? left : missing
    this.bytes = this.#chunk
    this.sliceStart = this.#position
    this.sliceEnd = this.#position += size
    this.sliceOffset = this.#payloadTaken
    this.#payloadTaken += size
    this.#inPayload = size < missing
    return ParserEvent.Payload
  }

  /** Control payloads are small, so they are handed out whole. */
  #nextCutControlPayload(): ParserEvent {
    const carry = (this.#carry ??= Buffer.allocUnsafeSlow(MAX_CONTROL_PAYLOAD))
    const size = Math.min(this.#chunk.length - this.#position, this.payloadLength - this.#carried)
    this.#chunk.copy(carry, this.#carried, this.#position, this.#position + size)
    this.#position += size
    this.#carried += size
    if (this.#carried < this.payloadLength) return this.#needMore()
    this.bytes = carry
    this.sliceStart = this.sliceOffset = 0
    this.sliceEnd = this.payloadLength
    this.#carried = 0
    this.#inPayload = false
    return ParserEvent.Payload
  }

  /** The chunk is used up: an idle connection must not pin what it read last. */
  #needMore(): ParserEvent {
    this.discard()
    return ParserEvent.NeedMore
  }
}

/** Bytes that the extended payload length takes (RFC 6455 §5.2). */
function lengthSize(second: number): number {
  const short = second & 0x7f
  return short < 126 ? 0 : short === 126 ? 2 : 8
}

function headerSize(second: number): number {
  return 2 + lengthSize(second) + (second >= 0x80 ? 4 : 0)
}

/** RFC 6455 §5.2: in network byte order, in the minimal number of bytes, the top bit of the 64-bit form 0. */
function readLength(bytes: Buffer, headerAt: number): number {
  const short = bytes[headerAt + 1]! & 0x7f
  if (short < 126) return short
  const at = headerAt + 2
  if (short === 126) {
    const length = (bytes[at]! << 8) | bytes[at + 1]!
    if (length < 126) throw fault('WS_ERR_LENGTH', '5.2', `length ${length} must be written in 7 bits`)
    return length
  }
  const high = bytes.readUInt32BE(at)
  const length = high * 0x1_0000_0000 + bytes.readUInt32BE(at + 4)
  if (high >= 0x8000_0000) throw fault('WS_ERR_LENGTH', '5.2', 'the most significant bit of a 64-bit length must be 0')
  if (length < 0x1_0000) throw fault('WS_ERR_LENGTH', '5.2', `length ${length} must be written in fewer bytes`)
  return length
}

function fault(code: string, section: string, rule: string): ProtocolError {
  return new ProtocolError({ code, message: `RFC 6455 §${section}: ${rule}`, closeCode: CloseCode.ProtocolError, section })
}
