// A client's frames as bytes (RFC 6455 §5.2), right or wrong: every field can be set to what the RFC forbids. Written from
// the RFC alone and shares nothing with the server under test. Knows no socket.
import { Buffer } from 'node:buffer'

export const TEXT = 0x1
export const BINARY = 0x2
export const CONTINUATION = 0x0
export const CLOSE = 0x8
export const PING = 0x9
export const PONG = 0xa

/** RSV1 of `FrameFields.rsv`: RFC 7692 §6 makes it the "Per-Message Compressed" bit. */
export const RSV1 = 4

export type Bytes = string | Uint8Array

export interface FrameFields {
  /** @default true */
  readonly fin?: boolean
  /** RSV1, RSV2 and RSV3 as a number from 0 to 7. @default 0 */
  readonly rsv?: number
  /** Undefined is not masked. @default the key of the RFC's own example */
  readonly mask?: Uint8Array | undefined
  /** How many bits the length is written in. @default as few as possible */
  readonly lengthBits?: 7 | 16 | 64
  /** What the header says instead of the payload's length: the rest never comes, or comes later. */
  readonly declaredLength?: number | bigint
}

export const EXAMPLE_MASK: Uint8Array = Buffer.from('37fa213d', 'hex')

/** One frame, or the beginning of one that `declaredLength` makes longer. */
export function frame(opcode: number, payload: Bytes = '', fields: FrameFields = {}): Buffer {
  const { fin = true, rsv = 0 } = fields
  const mask = 'mask' in fields ? fields.mask : EXAMPLE_MASK
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  const content = toBytes(payload)
  const [short, ...extended] = lengthBytes(BigInt(fields.declaredLength ?? content.length), fields.lengthBits)
  const header = [first, (mask === undefined ? 0 : 0x80) | short!, ...extended]
  return Buffer.concat([Buffer.from(header), mask ?? Buffer.alloc(0), masked(content, mask)])
}

/** A message in fragments: the first names the kind and has the reserved bits, the last has FIN (RFC 6455 §5.4). */
export function fragments(opcode: number, parts: readonly Bytes[], rsv = 0): Buffer[] {
  const last = parts.length - 1
  return parts.map((part, index) => frame(index === 0 ? opcode : CONTINUATION, part, { fin: index === last, rsv: index === 0 ? rsv : 0 }))
}

/** The body of a Close frame (RFC 6455 §5.5.1). */
export function closeBody(code: number, reason: Bytes = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), toBytes(reason)])
}

/** In pieces of that size: `slices('abcde', 2)` is ab, cd, e. */
export function slices(bytes: Bytes, size: number): Buffer[] {
  const whole = toBytes(bytes)
  return Array.from({ length: Math.ceil(whole.length / size) }, (_, index) => whole.subarray(index * size, (index + 1) * size))
}

/** A view, not a copy. */
export function toBytes(bytes: Bytes): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function lengthBytes(length: bigint, bits: number = length < 126n ? 7 : length < 0x1_0000n ? 16 : 64): number[] {
  if (bits === 7) return [Number(length)]
  const size = bits / 8
  const bytes = Array.from({ length: size }, (_, index) => Number((length >> BigInt(8 * (size - 1 - index))) & 0xffn))
  return [bits === 16 ? 126 : 127, ...bytes]
}

/** Below, a byte after the other is faster. */
const SMALL = 64

/** RFC 6455 §5.3, masking and unmasking: octet i is XORed with octet i mod 4 of the key. */
export function masked(payload: Buffer, mask: Uint8Array | undefined): Buffer {
  if (mask === undefined) return payload
  if (payload.length < SMALL) return Buffer.from(payload.map((byte, index) => byte ^ mask[index & 3]!))
  const result = Buffer.allocUnsafeSlow(payload.length)
  payload.copy(result)
  // Four at a time, in whatever order this machine has them: key and payload have the same
  const words = new Uint32Array(result.buffer, 0, result.length >> 2)
  const key = new Uint32Array(Uint8Array.from(mask).buffer)[0]!
  for (let index = 0; index < words.length; index++) words[index]! ^= key
  for (let index = words.length << 2; index < result.length; index++) result[index]! ^= mask[index & 3]!
  return result
}
