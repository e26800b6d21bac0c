// Frames as this suite sends and expects them (RFC 6455 §5.2), made once. On purpose not those of what is measured.
import { Buffer } from 'node:buffer'
import { deflateRawSync, constants } from 'node:zlib'

export interface FrameParts {
  readonly opcode: number
  readonly payload: Uint8Array
  readonly isMasked?: boolean
  /** RFC 7692: the payload goes out compressed, on its own. */
  readonly isDeflated?: boolean
}

const MASKING_KEY = Buffer.from([0x37, 0xfa, 0x21, 0x3d])

export function frameOf({ opcode, payload, isMasked = false, isDeflated = false }: FrameParts): Buffer {
  const body = isDeflated ? deflated(payload) : Buffer.from(payload)
  const first = Buffer.from([0x80 | (isDeflated ? 0x40 : 0) | opcode])
  if (!isMasked) return Buffer.concat([first, lengthOf(body.length, 0), body])
  for (let at = 0; at < body.length; at++) body[at]! ^= MASKING_KEY[at & 3]!
  return Buffer.concat([first, lengthOf(body.length, 0x80), MASKING_KEY, body])
}

function lengthOf(length: number, maskBit: number): Buffer {
  if (length < 126) return Buffer.from([maskBit | length])
  const bytes = Buffer.alloc(length < 65_536 ? 3 : 9)
  bytes[0] = maskBit | (length < 65_536 ? 126 : 127)
  if (length < 65_536) bytes.writeUInt16BE(length, 1)
  else bytes.writeBigUInt64BE(BigInt(length), 1)
  return bytes
}

/** RFC 7692 §7.2.1: without the 00 00 ff ff at the end of the flush. */
function deflated(payload: Uint8Array): Buffer {
  return deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}
