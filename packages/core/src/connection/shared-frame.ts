// A message that many connections receive, framed once (FEATURES C4). Knows bytes, not who gets them.
import { Buffer } from 'node:buffer'
import { firstByteOf, frameHeaderSize, FrameWriter, textFrameBound } from '../protocol/frame-writer.js'
import { Opcode } from '../protocol/opcode.js'
import { type Payload, viewBytes } from '../protocol/payload.js'
import { SLAB_PAYLOAD_LIMIT, type Slab } from './slab.js'

/** One encoded frame: `bytes[start, end)`. */
export class SharedFrame {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  #copy: Buffer | undefined

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  get size(): number {
    return this.end - this.start
  }

  /** One copy for all receivers that cannot take it now, so that waiting does not pin a slab. */
  get lasting(): Buffer {
    const { bytes, start, end } = this
    return (this.#copy ??= start === 0 && end === bytes.length ? bytes : Buffer.from(bytes.subarray(start, end)))
  }

  /** The same frame outside of the slab. */
  detached(): SharedFrame {
    return new SharedFrame(this.lasting, 0, this.size)
  }
}

/** Encodes a whole message once: small ones into the slab, side by side with the broadcast before. */
export function encodeSharedFrame(slab: Slab, data: Payload, asText?: boolean): SharedFrame {
  if (typeof data === 'string') return encodeText(slab, data)
  const bytes = viewBytes(data)
  const firstByte = firstByteOf(asText === true ? Opcode.Text : Opcode.Binary)
  const size = frameHeaderSize(bytes.length) + bytes.length
  const writer = bytes.length <= SLAB_PAYLOAD_LIMIT ? slab.reserve(size) : new FrameWriter(Buffer.allocUnsafeSlow(size))
  const start = writer.position
  writer.writeBytes(firstByte, bytes)
  return new SharedFrame(writer.bytes, start, writer.position)
}

function encodeText(slab: Slab, text: string): SharedFrame {
  const firstByte = firstByteOf(Opcode.Text)
  if (text.length > SLAB_PAYLOAD_LIMIT) {
    const bytes = encodeLargeText(firstByte, text)
    return new SharedFrame(bytes, 0, bytes.length)
  }
  const writer = slab.reserve(textFrameBound(text))
  const start = writer.position
  writer.writeText(firstByte, text)
  return new SharedFrame(writer.bytes, start, writer.position)
}

/** A frame with a text beyond the slab's limit, in a buffer of its own of exactly the right size. */
export function encodeLargeText(firstByte: number, text: string): Buffer {
  const size = Buffer.byteLength(text)
  const writer = new FrameWriter(Buffer.allocUnsafeSlow(frameHeaderSize(size) + size))
  writer.writeHeader(firstByte, size)
  writer.bytes.write(text, writer.position)
  return writer.bytes
}

/** A frame in a buffer of its own. */
export function encodeWhole(firstByte: number, payload: Uint8Array): Buffer {
  const writer = new FrameWriter(Buffer.allocUnsafe(frameHeaderSize(payload.length) + payload.length))
  writer.writeBytes(firstByte, payload)
  return writer.bytes
}
