// The body of a Close frame: a code and a reason (RFC 6455 §5.5.1, §7.4). Knows bytes only.
import { Buffer, isUtf8 } from 'node:buffer'
import { CloseCode, isSendableCloseCode } from './close-code.js'
import { ProtocolError, UsageError } from './errors.js'

/** What a Close frame said. Without a body the code is 1005 and the reason empty (RFC 6455 §7.1.5). */
export interface CloseStatus {
  readonly code: number
  readonly reason: string
}

/** RFC 6455 §5.5: a control frame's payload is at most 125 bytes, two of which are the code. */
export const MAX_CLOSE_REASON_SIZE = 123

/** Reads what the peer's Close frame said; a body that breaks the RFC throws a ProtocolError. */
export function parseClosePayload(payload: Buffer): CloseStatus {
  if (payload.length === 0) return { code: CloseCode.NoStatusReceived, reason: '' }
  if (payload.length === 1) {
    throw badClose('5.5.1', 'the body of a Close frame begins with a 2-byte code, but it is 1 byte long')
  }
  const code = payload.readUInt16BE(0)
  if (!isSendableCloseCode(code)) throw badClose('7.4', `close code ${code} must not be sent`)
  if (payload.length === 2) return { code, reason: '' }
  const reason = payload.subarray(2)
  if (!isUtf8(reason)) {
    const message = 'RFC 6455 §5.5.1: the reason in a Close frame must be UTF-8'
    throw new ProtocolError({ code: 'WS_ERR_INVALID_UTF8', message, closeCode: CloseCode.InvalidFramePayloadData, section: '5.5.1' })
  }
  return { code, reason: reason.toString('utf8') }
}

function badClose(section: string, rule: string): ProtocolError {
  const message = `RFC 6455 §${section}: ${rule}`
  return new ProtocolError({ code: 'WS_ERR_INVALID_CLOSE', message, closeCode: CloseCode.ProtocolError, section })
}

/** The body of a Close frame that this side sends; 1005 without a reason means an empty body. */
export function serializeClosePayload(code: number, reason = ''): Buffer {
  if (code === CloseCode.NoStatusReceived && reason === '') return Buffer.alloc(0)
  assertSendable(code, reason)
  const size = Buffer.byteLength(reason)
  const payload = Buffer.allocUnsafe(2 + size)
  payload.writeUInt16BE(code, 0)
  payload.write(reason, 2)
  return payload
}

/** Throws a UsageError unless the code may be sent and the reason fits into a Close frame. */
export function assertSendable(code: number, reason: string): void {
  if (typeof code !== 'number' || !isSendableCloseCode(code)) {
    throw new UsageError('WS_ERR_CLOSE_CODE', `close code must be 1000-1003, 1007-1014 or 3000-4999 (RFC 6455 §7.4), not ${String(code)}`)
  }
  if (typeof reason !== 'string') throw new UsageError('WS_ERR_CLOSE_REASON', 'the close reason must be a string')
  const size = Buffer.byteLength(reason)
  if (size > MAX_CLOSE_REASON_SIZE) {
    const limit = `at most ${MAX_CLOSE_REASON_SIZE} bytes of UTF-8 (RFC 6455 §5.5)`
    throw new UsageError('WS_ERR_CLOSE_REASON', `the close reason is ${size} bytes long; it may be ${limit}`)
  }
}
