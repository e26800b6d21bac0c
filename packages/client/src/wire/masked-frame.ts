// A frame as a client sends it: masked (RFC 6455 §5.3), in memory of its own. Knows no sockets.
import { Buffer } from 'node:buffer'
import { FrameWriter, applyMask, frameHeaderSize } from '@tocsin/core/protocol'
import type { Payload } from '../shared/link.js'

const KEY_SIZE = 4
const MASKED = 0x80

/** @param firstByte as `firstByteOf()` makes it. @param payload a string goes out as its UTF-8; bytes stay as they are */
export function maskedFrame(firstByte: number, payload: Payload, key: number): Buffer {
  const size = sizeOf(payload)
  const headerSize = frameHeaderSize(size)
  const start = headerSize + KEY_SIZE
  const frame = Buffer.allocUnsafe(start + size)
  new FrameWriter(frame).writeHeader(firstByte, size)
  frame[1]! |= MASKED
  frame.writeInt32LE(key, headerSize)
  if (typeof payload === 'string') frame.write(payload, start)
  else frame.set(bytesOf(payload), start)
  applyMask(frame, start, start + size, key)
  return frame
}

/** In bytes. */
export function sizeOf(payload: Payload): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength
}

export function bytesOf(data: ArrayBufferView | ArrayBuffer): Buffer {
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data)
}
