// Frames -> bytes (RFC 6455 §5.2), unmasked, straight into a buffer that its owner provides. Knows nothing of who reads it.
import type { Buffer } from 'node:buffer'
import type { Opcode } from './opcode.js'

/** The first byte of a frame: FIN, RSV1 and the opcode. */
export function firstByteOf(opcode: Opcode, fin = true, rsv1 = false): number {
  return (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode
}

/** Bytes that the header of an unmasked frame takes: the length is written in the minimal form (RFC 6455 §5.2). */
export function frameHeaderSize(payloadLength: number): number {
  return payloadLength < 126 ? 2 : payloadLength < 0x1_0000 ? 4 : 10
}

/** An upper bound for a text frame, without looking at the text: a UTF-16 unit takes at most 3 bytes of UTF-8. */
export function textFrameBound(text: string): number {
  return 10 + text.length * 3
}

/** Below this many characters a loop beats the call into native code. */
const SHORT_TEXT = 24

/** Appends frames to one buffer. The caller sees to it that there is room: the writer neither grows nor checks. */
export class FrameWriter {
  readonly bytes: Buffer
  position = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Bytes left. */
  get room(): number {
    return this.bytes.length - this.position
  }

  /** Writes a header alone; the payload follows by other means. */
  writeHeader(firstByte: number, payloadLength: number): void {
    const { bytes } = this
    let at = this.position
    bytes[at++] = firstByte
    if (payloadLength < 126) bytes[at++] = payloadLength
    else if (payloadLength < 0x1_0000) {
      bytes[at++] = 126
      bytes[at++] = payloadLength >>> 8
      bytes[at++] = payloadLength & 0xff
    } else {
      bytes[at++] = 127
      at = bytes.writeUInt32BE(Math.floor(payloadLength / 0x1_0000_0000), at)
      at = bytes.writeUInt32BE(payloadLength >>> 0, at)
    }
    this.position = at
  }

  writeBytes(firstByte: number, payload: Uint8Array): void {
    this.writeHeader(firstByte, payload.length)
    this.bytes.set(payload, this.position)
    this.position += payload.length
  }

  /** Needs room for textFrameBound(text). The text is encoded once, in place, without knowing its length in bytes first. */
  writeText(firstByte: number, text: string): void {
    const { bytes, position } = this
    const guess = frameHeaderSize(text.length)
    const payloadAt = position + guess
    const size = text.length < SHORT_TEXT ? this.#encodeShort(text, payloadAt) : bytes.write(text, payloadAt)
    const actual = frameHeaderSize(size)
    if (actual !== guess) bytes.copyWithin(position + actual, payloadAt, payloadAt + size)
    this.writeHeader(firstByte, size)
    this.position += size
  }

  #encodeShort(text: string, at: number): number {
    const { bytes } = this
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (unit > 0x7f) return bytes.write(text, at)
      bytes[at + i] = unit
    }
    return text.length
  }
}
