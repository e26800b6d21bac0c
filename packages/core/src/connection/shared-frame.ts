// A frame that many connections receive, encoded once (FEATURES C4). Knows bytes, not who gets them.
import { Buffer } from 'node:buffer'
import { firstByteOf, frameHeaderSize, FrameWriter, textFrameBound } from '../protocol/frame-writer.js'
import { Opcode } from '../protocol/opcode.js'
import { SLAB_PAYLOAD_LIMIT, type Slab, ownCopy } from './slab.js'

/** Where an encoded frame lies: `bytes[start, end)`. */
export interface FrameRange {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

/** One encoded frame. */
export class SharedFrame implements FrameRange {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  /** The slab it lies in; undefined for memory of its own. */
  readonly slab: Slab | undefined
  /** Whether its payload is deflated. */
  readonly isDeflated: boolean
  #copy: Buffer | undefined
  #detached: SharedFrame | undefined

  constructor({ bytes, start, end }: FrameRange, { slab, isDeflated = false }: { readonly slab?: Slab | undefined; readonly isDeflated?: boolean } = {}) {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.slab = slab
    this.isDeflated = isDeflated
  }

  get size(): number {
    return this.end - this.start
  }

  /** One copy for all receivers that cannot take it now, so that waiting does not pin a slab. */
  get lasting(): Buffer {
    const { bytes, start, end } = this
    return (this.#copy ??= start === 0 && end === bytes.length ? bytes : ownCopy(bytes.subarray(start, end)))
  }

  /** The same frame outside of the slab, one for all. */
  detached(): SharedFrame {
    return (this.#detached ??= new SharedFrame({ bytes: this.lasting, start: 0, end: this.size }, { isDeflated: this.isDeflated }))
  }
}

/** A whole message in one frame: a small one in the slab, side by side with the one before. */
export function encodeSharedBytes(slab: Slab, firstByte: number, payload: Buffer): SharedFrame {
  const isSmall = payload.length <= SLAB_PAYLOAD_LIMIT
  const size = frameHeaderSize(payload.length) + payload.length
  const writer = isSmall ? slab.reserve(size) : new FrameWriter(Buffer.allocUnsafeSlow(size))
  const start = writer.position
  writer.writeBytes(firstByte, payload)
  return new SharedFrame({ bytes: writer.bytes, start, end: writer.position }, { slab: isSmall ? slab : undefined, isDeflated: (firstByte & 0x40) !== 0 })
}

export function encodeSharedText(slab: Slab, text: string): SharedFrame {
  const firstByte = firstByteOf(Opcode.Text)
  if (text.length > SLAB_PAYLOAD_LIMIT) {
    const bytes = encodeLargeText(firstByte, text)
    return new SharedFrame({ bytes, start: 0, end: bytes.length })
  }
  const writer = slab.reserve(textFrameBound(text))
  const start = writer.position
  writer.writeText(firstByte, text)
  return new SharedFrame({ bytes: writer.bytes, start, end: writer.position }, { slab })
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
