// A client's frames as bytes (RFC 6455 §5.2), and a server's frames read back: as little as a load of thousands needs, and
// not core's own. Knows no socket.
import { Buffer } from 'node:buffer'

export const CONTINUATION = 0x0
export const TEXT = 0x1
export const BINARY = 0x2
export const CLOSE = 0x8
export const PING = 0x9
export const PONG = 0xa

export interface FrameFields {
  /** @default true */
  readonly fin?: boolean
  /** The message is deflated (RFC 7692 §6). @default false */
  readonly rsv1?: boolean
  /** What the header says instead of the payload's length. */
  readonly declared?: number
}

const KEY = Buffer.from('37fa213d', 'hex')

export function frame(opcode: number, payload: string | Uint8Array = '', { fin = true, rsv1 = false, declared }: FrameFields = {}): Buffer {
  const body = Buffer.from(payload)
  for (let i = 0; i < body.length; i++) body[i]! ^= KEY[i & 3]!
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode
  return Buffer.concat([Buffer.from([first]), lengthOf(declared ?? body.length), KEY, body])
}

export function closeFrame(code: number): Buffer {
  return frame(CLOSE, Buffer.from([code >> 8, code & 0xff]))
}

/** The length of a masked payload: the mask bit is set. */
function lengthOf(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | length])
  const bytes = Buffer.alloc(length < 0x1_0000 ? 3 : 9)
  bytes[0] = 0x80 | (length < 0x1_0000 ? 126 : 127)
  if (length < 0x1_0000) bytes.writeUInt16BE(length, 1)
  else bytes.writeBigUInt64BE(BigInt(length), 1)
  return bytes
}

export interface Received {
  readonly opcode: number
  readonly payload: Buffer
}

/** What a server sent: whole frames, and what is left. The payloads are views of `bytes`. */
export function readFrames(bytes: Buffer, onFrame: (frame: Received) => void): Buffer {
  let at = 0
  while (bytes.length - at >= 2) {
    const short = bytes[at + 1]! & 0x7f
    const head = short < 126 ? 2 : short === 126 ? 4 : 10
    if (bytes.length - at < head) break
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    const end = at + head + length
    if (bytes.length < end) break
    onFrame({ opcode: bytes[at]! & 0x0f, payload: bytes.subarray(at + head, end) })
    at = end
  }
  return bytes.subarray(at)
}
