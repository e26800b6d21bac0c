// The errors with which the endpoint itself refuses a handshake. Values only.
import { HandshakeError, UsageError } from '../protocol/errors.js'

export function forbiddenOrigin(): HandshakeError {
  return new HandshakeError({ code: 'WS_ERR_ORIGIN', message: 'this Origin may not connect (option `origins`)', status: 403 })
}

export function forbiddenHost(): HandshakeError {
  return new HandshakeError({ code: 'WS_ERR_HOST', message: 'this Host is not served (option `allowedHosts`)', status: 403 })
}

export function closingDown(): HandshakeError {
  const headers = { 'Retry-After': '1' }
  return new HandshakeError({ code: 'WS_ERR_CLOSING', message: 'the endpoint is closing', status: 503, headers })
}

export function timedOut(): HandshakeError {
  return new HandshakeError({ code: 'WS_ERR_HANDSHAKE_TIMEOUT', message: 'no decision within `handshakeTimeout`', status: 503 })
}

/** The application's mistakes: the peer gets a 500 without a word about them, the `error` event has the error. */
export function noHandlers(): UsageError {
  const advice = "add one with endpoint.on('message', ...) or on('open', ...), or set pushOnly: true if it only sends"
  return new UsageError('WS_ERR_NO_HANDLER', `the endpoint has neither a message nor an open handler: ${advice}`)
}

export function noDecision(): UsageError {
  const ways = 'return handshake.accept(data), handshake.reject(status) or handshake.respond(response)'
  return new UsageError('WS_ERR_NO_DECISION', `the upgrade hook settled without a decision: ${ways}`)
}

export function dataAndHook(): UsageError {
  const advice = 'drop one of them: with a hook, call upgrade(request, response) without data, headers and subprotocol'
  return new UsageError('WS_ERR_TWO_DECISIONS', `this endpoint decides by its upgrade hook, and the route did so as well: ${advice}`)
}
