// The errors of the shared part, in words; in browsers there are the codes alone.
import { UsageError, WebSocketError } from '@tocsin/core/protocol'
import type { Failure, Misuse } from '../shared/platform.js'

const MISUSES: Record<Misuse, string> = {
  WS_ERR_CLAIMED: 'the messages go to another loop, or stream, already',
  WS_ERR_PAYLOAD: 'only a string, an ArrayBuffer or a byte view can be sent',
}

const FAILURES: Record<Failure, string> = {
  WS_ERR_CLOSED: 'the client has closed, or was closed; `closed` says how',
  WS_ERR_HANDSHAKE_TIMEOUT: 'no connection within handshakeTimeout',
}

export function misuse(code: Misuse): UsageError {
  return new UsageError(code, MISUSES[code])
}

export function failure(code: Failure): WebSocketError {
  return new WebSocketError(code, FAILURES[code])
}
