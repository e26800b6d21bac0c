// A frame as a value, and its way to bytes and back (pack, unpack), for applications that handle frames themselves.
// Knows nothing about connections; those take frames apart without building these objects.
import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { parseClosePayload, serializeClosePayload } from './close-payload.js'
import { UsageError } from './errors.js'
import { FrameParser, ParserEvent } from './frame-parser.js'
import { FrameWriter, firstByteOf, frameHeaderSize } from './frame-writer.js'
import { applyMask, readMaskingKey } from './masking.js'
import { Opcode, canHaveRsv1, isControlOpcode, isOpcode } from './opcode.js'
import { type Payload, toBuffer, viewBytes } from './payload.js'

export interface FrameInit {
  readonly opcode: Opcode
  /** A string is encoded as UTF-8. @default empty */
  readonly payload?: Payload
  /** False on all but the last frame of a fragmented message (RFC 6455 §5.4). @default true */
  readonly fin?: boolean
  /** Set on the first frame of a compressed message (RFC 7692 §6). @default false */
  readonly rsv1?: boolean
}

/** One frame (RFC 6455 §5.2). Control frames always have `fin` and at most 125 bytes of payload (§5.5). */
export class Frame {
  readonly opcode: Opcode
  readonly payload: Buffer
  readonly fin: boolean
  readonly rsv1: boolean

  constructor(init: FrameInit) {
    if (!isOpcode(init.opcode)) throw new UsageError('WS_ERR_OPCODE', `opcode ${String(init.opcode)} is not defined by RFC 6455 §5.2`)
    const isControl = isControlOpcode(init.opcode)
    this.opcode = init.opcode
    this.payload = init.payload === undefined ? Buffer.alloc(0) : toBuffer(init.payload)
    this.fin = isControl || (init.fin ?? true)
    this.rsv1 = init.rsv1 ?? false
    if (this.rsv1 && !canHaveRsv1(init.opcode)) {
      throw new UsageError('WS_ERR_RESERVED_BITS', 'RSV1 belongs on the first frame of a message only (RFC 7692 §6)')
    }
    if (isControl && this.payload.length > 125) {
      const message = `a control frame carries at most 125 bytes (RFC 6455 §5.5), not ${this.payload.length}`
      throw new UsageError('WS_ERR_CONTROL_FRAME', message)
    }
  }
}

/** A Close frame with its code and reason (RFC 6455 §5.5.1). */
export class CloseFrame extends Frame {
  readonly code: number
  readonly reason: string

  /** @param code 1000-1003, 1007-1014 or 3000-4999; 1005 makes a Close frame without a body. @param reason at most 123 bytes of UTF-8 */
  constructor(code = 1000, reason = '') {
    super({ opcode: Opcode.Close, payload: serializeClosePayload(code, reason) })
    this.code = code
    this.reason = reason
  }
}

export interface PackOptions {
  /** @default Opcode.Text for a string, Opcode.Binary for bytes */
  readonly opcode?: Opcode
  /** @default true */
  readonly fin?: boolean
  /** @default false */
  readonly rsv1?: boolean
  /** True: a random masking key (RFC 6455 §5.3); 4 bytes: this key, for tests. @default false */
  readonly mask?: boolean | Uint8Array
}

/** One frame as bytes. Of a Frame, only `mask` is taken from the options. */
export function pack(data: Frame | Payload, options: PackOptions = {}): Buffer {
  const frame = data instanceof Frame ? data : frameOf(data, options)
  const { payload, opcode, fin, rsv1 } = frame
  const writer = new FrameWriter(Buffer.allocUnsafe(frameHeaderSize(payload.length) + 4 + payload.length))
  writer.writeHeader(firstByteOf(opcode, fin, rsv1), payload.length)
  if (options.mask !== undefined && options.mask !== false) return packMasked(writer, payload, options.mask)
  writer.bytes.set(payload, writer.position)
  return writer.bytes.subarray(0, writer.position + payload.length)
}

function frameOf(data: Payload, options: PackOptions): Frame {
  const opcode = options.opcode ?? (typeof data === 'string' ? Opcode.Text : Opcode.Binary)
  return new Frame({ opcode, payload: toBuffer(data), fin: options.fin ?? true, rsv1: options.rsv1 ?? false })
}

function packMasked(writer: FrameWriter, payload: Buffer, mask: true | Uint8Array): Buffer {
  const { bytes } = writer
  const key = mask === true ? randomBytes(4) : viewBytes(mask)
  if (key.length !== 4) throw new UsageError('WS_ERR_MASK', `a masking key has 4 bytes (RFC 6455 §5.3), not ${key.length}`)
  const start = writer.position + 4
  bytes[1]! |= 0x80
  bytes.set(key, writer.position)
  bytes.set(payload, start)
  applyMask(bytes, start, start + payload.length, readMaskingKey(key, 0))
  return bytes.subarray(0, start + payload.length)
}

export interface UnpackedFrame {
  /** A CloseFrame for the Close opcode. */
  readonly frame: Frame | CloseFrame
  /** Header and payload; what follows in the input was not looked at. */
  readonly bytesConsumed: number
  readonly masked: boolean
}

/**
 * Reads the frame at the beginning of `bytes`, masked or not, which stay as they are.
 * @returns null when there is not a whole frame yet
 * @throws ProtocolError when the bytes break RFC 6455 §5
 */
export function unpack(bytes: Uint8Array): UnpackedFrame | null {
  const input = viewBytes(bytes)
  const parser = new FrameParser({ masked: undefined, allowRsv1: true })
  parser.feed(input)
  if (parser.next() !== ParserEvent.Header || parser.unparsedLength < parser.payloadLength) return null
  parser.next()
  const payload = Buffer.from(input.subarray(parser.sliceStart, parser.sliceEnd))
  if (parser.masked) applyMask(payload, 0, payload.length, parser.maskingKey)
  return { frame: frameFrom(parser, payload), bytesConsumed: input.length - parser.unparsedLength, masked: parser.masked }
}

function frameFrom(parser: FrameParser, payload: Buffer): Frame | CloseFrame {
  const { opcode, fin, rsv1 } = parser
  if (opcode !== Opcode.Close) return new Frame({ opcode, payload, fin, rsv1 })
  const { code, reason } = parseClosePayload(payload)
  return new CloseFrame(code, reason)
}
