// The payload of a compressed message by itself (RFC 7692 §7.2), for applications that pack and unpack frames: no connection, no context.
import { Buffer } from 'node:buffer'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { CloseCode } from '../protocol/close-code.js'
import { ProtocolError } from '../protocol/errors.js'
import { messageTooBig } from '../protocol/message-assembler.js'
import { type Payload, toBuffer } from '../protocol/payload.js'

/** RFC 7692 §7.2.1: the end of a flush, which is not sent. */
const TAIL = Buffer.of(0, 0, 0xff, 0xff)
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH }

/** What a frame with `rsv1` carries for this message. @param options zlib's level, 0 to 9, by default 1 */
export function deflatePayload(message: Payload, { level = 1 }: { readonly level?: number } = {}): Buffer {
  const deflated = deflateRawSync(toBuffer(message), { ...FLUSH, level })
  return deflated.subarray(0, deflated.length - TAIL.length)
}

/**
 * The message that a frame with `rsv1` carries; of a fragmented message, the payloads of all its frames together.
 * @param options the most bytes it may have, by default 1 MiB
 * @throws ProtocolError 1007 for what is not deflate data, 1009 for a longer message
 */
export function inflatePayload(payload: Uint8Array, { maxSize = 1024 * 1024 }: { readonly maxSize?: number } = {}): Buffer {
  try {
    return inflateRawSync(Buffer.concat([payload, TAIL]), { ...FLUSH, maxOutputLength: Math.max(1, maxSize) })
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw messageTooBig(maxSize)
    throw badData('the payload is not valid DEFLATE data')
  }
}

export function badData(rule: string): ProtocolError {
  const message = `RFC 7692 §7.2.2: ${rule}`
  return new ProtocolError({ code: 'WS_ERR_INVALID_DEFLATE', message, closeCode: CloseCode.InvalidFramePayloadData, section: '7692 7.2.2' })
}
