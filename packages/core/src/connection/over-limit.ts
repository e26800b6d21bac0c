// The limits of an open connection: what its peer is told when it exceeds one, and what whoever watches is told. Values only.
import { diagnostics, type ObservedConnection } from '../diagnostics.js'
import { WebSocketError } from '../protocol/errors.js'

/** Names of options, of the endpoint or of the runtime. */
export type ConnectionLimit = 'messageTimeout' | 'incompleteMessageBudget' | 'rateLimit' | 'authenticateWithin'

const FAULTS: Readonly<Record<ConnectionLimit, readonly [code: string, message: string]>> = {
  messageTimeout: ['WS_ERR_MESSAGE_TIMEOUT', 'a message was not finished in time'],
  incompleteMessageBudget: ['WS_ERR_INCOMPLETE_MESSAGES', 'unfinished messages take too much memory'],
  rateLimit: ['WS_ERR_RATE_LIMIT', 'messages or bytes came faster than allowed'],
  authenticateWithin: ['WS_ERR_NOT_AUTHENTICATED', 'no authentication within the time for it'],
}

/** What the connection is failed with; its message is the reason that the peer gets with 1008. */
export function overLimit(limit: ConnectionLimit): WebSocketError {
  return new WebSocketError(...FAULTS[limit])
}

export function reportLimit(limit: ConnectionLimit | 'maxMessageSize', action: 'pause' | 'close', connection: unknown): void {
  const { limit: channel } = diagnostics
  if (!channel.hasSubscribers) return
  const observed = connection as ObservedConnection
  channel.publish({ limit, action, connection: observed, remoteAddress: observed.remoteAddress })
}
