// What may be sent: strings and byte views, nothing else (SECURITY: no uninitialised memory, no coercion). Knows no frames.
import { Buffer } from 'node:buffer'
import { UsageError } from './errors.js'

/** Anything that can be sent: a string is text, bytes are binary. */
export type Payload = string | ArrayBufferView | ArrayBuffer | SharedArrayBuffer

/** The bytes of a view or an ArrayBuffer, without a copy. Anything else is a UsageError. */
export function viewBytes(data: ArrayBufferView | ArrayBuffer | SharedArrayBuffer): Buffer {
  if (Buffer.isBuffer(data)) return data
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  if (isArrayBuffer(data)) return Buffer.from(data)
  throw new UsageError('WS_ERR_PAYLOAD', `only a string, an ArrayBuffer or a byte view can be sent, not ${describe(data)}`)
}

/** By its tag, since `instanceof` does not know the ArrayBuffers of other realms (`vm`, test runners). */
function isArrayBuffer(data: unknown): data is ArrayBuffer | SharedArrayBuffer {
  const tag = Object.prototype.toString.call(data)
  return tag === '[object ArrayBuffer]' || tag === '[object SharedArrayBuffer]'
}

/** A payload as bytes: a string in UTF-8, bytes as they are. */
export function toBuffer(data: Payload): Buffer {
  return typeof data === 'string' ? Buffer.from(data, 'utf8') : viewBytes(data)
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array (use JSON.stringify or Buffer.from)'
  return typeof value === 'object' ? 'an object (use JSON.stringify)' : `a ${typeof value}`
}
