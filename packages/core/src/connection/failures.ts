// Why this side gives a connection up, in the words that its peer and its application get: a broken rule, a limit, silence, a
// deadline. Knows no bytes.
import { type ObservedConnection, diagnostics } from '../diagnostics.js'
import { CloseCode } from '../protocol/close-code.js'
import type { CloseStatus } from '../protocol/close-payload.js'
import { type ProtocolError, WebSocketError } from '../protocol/errors.js'
import type { Closing } from './closing.js'
import { type ConnectionLimit, overLimit, reportLimit } from './over-limit.js'

export interface FailingConnection {
  readonly connection: unknown
  readonly closing: Closing
}

/** The peer's bytes broke a rule. */
export function failForRule({ connection, closing }: FailingConnection, error: ProtocolError): void {
  if (error.closeCode === CloseCode.MessageTooBig) reportLimit('maxMessageSize', 'close', connection)
  closing.fail({ code: error.closeCode, reason: shortened(error.message) }, error)
}

/** RFC 6455 §5.5: a close reason is at most 123 bytes; ours are ASCII apart from the section sign. */
function shortened(message: string): string {
  return message.length <= 120 ? message : `${message.slice(0, 117)}...`
}

export function failForLimit({ connection, closing }: FailingConnection, limit: ConnectionLimit): void {
  const error = overLimit(limit)
  reportLimit(limit, 'close', connection)
  closing.fail({ code: CloseCode.PolicyViolation, reason: error.message }, error)
}

export function cutForSilence({ closing }: FailingConnection): void {
  closing.cut('local', new WebSocketError('WS_ERR_HEARTBEAT', 'the peer did not answer the heartbeat'))
}

export function cutAtDeadline({ closing }: FailingConnection): void {
  closing.cut('local', new WebSocketError('WS_ERR_CLOSE_TIMEOUT', 'the closing handshake did not finish in time'))
}

/** To whoever watches. */
export function reportFailure({ connection }: FailingConnection, { code, reason }: CloseStatus, error: Error | undefined): void {
  if (!diagnostics.failed.hasSubscribers) return
  diagnostics.failed.publish({ connection: connection as ObservedConnection, code, reason, error })
}
