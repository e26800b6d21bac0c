// The payload of a compressed message by itself (RFC 7692 §7.2), for applications that pack and unpack frames: no connection, no context.
import { Buffer } from 'node:buffer'
import { constants, deflateRawSync } from 'node:zlib'
import { CloseCode } from '../protocol/close-code.js'
import { ProtocolError } from '../protocol/errors.js'
import { messageTooBig } from '../protocol/message-assembler.js'
import { type Payload, toBuffer } from '../protocol/payload.js'
import { inflateStreams } from './one-shot-context.js'
import { ZlibError } from './zlib-context.js'

/** RFC 7692 §7.2.1: the end of a flush, four bytes that are not sent. */
const TAIL_SIZE = 4
const FLUSH = { finishFlush: constants.Z_SYNC_FLUSH }

/**
 * RFC 7692 §7.2.2: what the sender has left out of its last flush. Behind it, of our own, a final empty block, which is one only
 * when the message has ended at the end of a byte, so that another message can follow; and a byte that nothing needs.
 */
export const MESSAGE_END = Buffer.of(0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff, 0xff)
const END_LEFT = 1

/** What a frame with `rsv1` carries for this message. @param options zlib's level, 0 to 9, by default 1 */
export function deflatePayload(message: Payload, { level = 1 }: { readonly level?: number } = {}): Buffer {
  const deflated = deflateRawSync(toBuffer(message), { ...FLUSH, level })
  return deflated.subarray(0, deflated.length - TAIL_SIZE)
}

/**
 * The message that a frame with `rsv1` carries; of a fragmented message, the payloads of all its frames together.
 * @param options the most bytes it may have, by default 1 MiB
 * @throws ProtocolError 1007 for what is not deflate data, 1009 for a longer message
 */
export function inflatePayload(payload: Uint8Array, { maxSize = 1024 * 1024 }: { readonly maxSize?: number } = {}): Buffer {
  try {
    const { output, inputLeft } = inflateStreams(Buffer.concat([payload, MESSAGE_END]), { tailSize: MESSAGE_END.length, maxOutput: maxSize })
    endsWithFinalBlock(inputLeft)
    if (output.length <= maxSize) return output
  } catch (error) {
    if (!(error instanceof ZlibError)) throw error
    if (!error.isTooMuch) throw badData('the payload is not valid DEFLATE data')
  }
  throw messageTooBig(maxSize)
}

/** Whether the message has ended its deflate stream itself (§7.2.3.4). @throws ProtocolError when it has not ended at all */
export function endsWithFinalBlock(inputLeft: number): boolean {
  if (inputLeft === END_LEFT) return false
  // The tail of §7.2.2 is left over as well, or was the final block's.
  if (inputLeft === MESSAGE_END.length || inputLeft === MESSAGE_END.length - TAIL_SIZE) return true
  throw endsWithinData()
}

export function endsWithinData(): ProtocolError {
  return badData('the message ends in the middle of its DEFLATE data')
}

export function badData(rule: string): ProtocolError {
  const message = `RFC 7692 §7.2.2: ${rule}`
  return new ProtocolError({ code: 'WS_ERR_INVALID_DEFLATE', message, closeCode: CloseCode.InvalidFramePayloadData, section: '7692 7.2.2' })
}
