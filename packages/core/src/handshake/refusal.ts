// The refusals of a malformed opening handshake, each a complete answer in HTTP. Knows no field and no grammar.
// Messages never repeat what the peer sent: they may be logged.
import { HandshakeError, type HeaderRecord } from '../protocol/errors.js'

/** RFC 6455 §4.2.1: a handshake that does not match the description is answered with 400 Bad Request. */
export function badRequest(code: string, message: string, headers: HeaderRecord = {}): HandshakeError {
  return new HandshakeError({ code, message, status: 400, headers })
}

/** RFC 9110 §15.5.6: 405 MUST name the methods that are allowed. */
export function methodNotAllowed(): HandshakeError {
  const message = 'RFC 6455 §4.2.1(1): the opening handshake is a GET request'
  return new HandshakeError({ code: 'WS_ERR_INVALID_METHOD', message, status: 405, headers: { Allow: 'GET' } })
}

/** RFC 6455 §4.4: the answer to an unknown version names the versions that are understood. */
export const SUPPORTED_VERSION: HeaderRecord = { 'Sec-WebSocket-Version': '13' }

/** RFC 6455 §4.2.2(4): 426 with Sec-WebSocket-Version; RFC 9110 §15.5.22: 426 MUST carry Upgrade as well. */
export function unsupportedVersion(): HandshakeError {
  const message = 'RFC 6455 §4.2.2(4): only version 13 of the WebSocket protocol is understood'
  const headers = { Upgrade: 'websocket', ...SUPPORTED_VERSION }
  return new HandshakeError({ code: 'WS_ERR_UNSUPPORTED_VERSION', message, status: 426, headers })
}
