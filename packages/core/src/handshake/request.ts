// Reading the client's opening handshake (RFC 6455 §4.2.1): one check per numbered rule. Knows the request's head, no socket;
// refuses by throwing and never answers. Origin (7) is judged by origin.ts, since the endpoint's option decides there.
import { isHandshakeKey } from './accept-key.js'
import { parseAuthority } from './authority.js'
import { parseExtensions, type ExtensionOffer } from './extensions.js'
import { listField, refuseRepeatedFields, singularField, type RequestHeaders } from './header-fields.js'
import { hasToken } from './header-list.js'
import { badRequest, methodNotAllowed, SUPPORTED_VERSION, unsupportedVersion } from './refusal.js'
import { offeredSubprotocols } from './subprotocol.js'

/** The head of an HTTP request; Node's `IncomingMessage` is one. */
export interface HandshakeRequest {
  readonly method?: string | undefined
  readonly httpVersion: string
  readonly httpVersionMajor: number
  readonly httpVersionMinor: number
  readonly headers: RequestHeaders
  /** Names and values in turn, as received; where it is given, a repeated Host or Origin is seen as well. */
  readonly rawHeaders?: readonly string[] | undefined
}

/** What a valid opening handshake says. */
export interface OpeningHandshake {
  /** Sec-WebSocket-Key: 16 bytes in canonical base64. */
  readonly key: string
  /** In the client's order of preference; empty if none were offered. */
  readonly subprotocols: readonly string[]
  /** In the client's order of preference; empty if none were offered. */
  readonly extensions: readonly ExtensionOffer[]
}

/**
 * Checks and reads an opening handshake.
 *
 * @throws HandshakeError 400; 405 with Allow for another method than GET; 426 with Sec-WebSocket-Version for another version than 13
 */
export function parseOpeningHandshake(request: HandshakeRequest): OpeningHandshake {
  const { headers } = request
  checkRequestLine(request)
  if (request.rawHeaders !== undefined) refuseRepeatedFields(request.rawHeaders)
  checkHost(headers)
  checkUpgrade(headers)
  checkNoBody(headers)
  checkVersion(headers)
  return { key: readKey(headers), subprotocols: offeredSubprotocols(request), extensions: offeredExtensions(headers) }
}

/** Whether a request asks for WebSocket: its Upgrade field holds the token `websocket`. Nothing else is checked; never throws. */
export function isWebSocketUpgrade(request: { readonly headers: RequestHeaders }): boolean {
  return hasToken(listField(request.headers, 'upgrade'), 'websocket')
}

/** RFC 6455 §4.2.1(1): an HTTP/1.1 or higher GET request. */
function checkRequestLine({ method, httpVersion, httpVersionMajor, httpVersionMinor }: HandshakeRequest): void {
  if (method !== 'GET') throw methodNotAllowed()
  if (httpVersionMajor > 1 || (httpVersionMajor === 1 && httpVersionMinor >= 1)) return
  throw badRequest('WS_ERR_INVALID_HTTP_VERSION', `RFC 6455 §4.2.1(1): HTTP/1.1 or higher is needed, not ${httpVersion}`)
}

/** RFC 6455 §4.2.1(2): a Host header field containing the server's authority. */
function checkHost(headers: RequestHeaders): void {
  const host = singularField(headers, 'host')
  if (host !== undefined && parseAuthority(host) !== undefined) return
  throw badRequest('WS_ERR_INVALID_HOST', 'RFC 6455 §4.2.1(2): the Host header must hold the server\'s authority')
}

function checkUpgrade(headers: RequestHeaders): void {
  // RFC 6455 §4.2.1(3): an Upgrade header field containing the value "websocket", ASCII case-insensitive
  if (!hasToken(listField(headers, 'upgrade'), 'websocket')) {
    throw badRequest('WS_ERR_INVALID_UPGRADE', 'RFC 6455 §4.2.1(3): the Upgrade header must contain "websocket"')
  }
  // RFC 6455 §4.2.1(4): a Connection header field that includes the token "Upgrade", ASCII case-insensitive
  if (!hasToken(listField(headers, 'connection'), 'Upgrade')) {
    throw badRequest('WS_ERR_INVALID_CONNECTION', 'RFC 6455 §4.2.1(4): the Connection header must include "Upgrade"')
  }
}

/** RFC 9110 §7.8: the protocol changes after the whole request, but Node hands a body over as if it were the first frames. */
function checkNoBody(headers: RequestHeaders): void {
  const length = singularField(headers, 'content-length')
  if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) return
  throw badRequest('WS_ERR_UNEXPECTED_BODY', 'an opening handshake must not have a body')
}

/** Checked before the key: a client of another version needs to hear of the version, whatever its key looks like. */
function checkVersion(headers: RequestHeaders): void {
  const version = singularField(headers, 'sec-websocket-version')
  // RFC 6455 §4.2.1(6): the field must be there, and it is one version, not a list (§4.3)
  if (version === undefined || version === '' || version.includes(',')) {
    const message = 'RFC 6455 §4.2.1(6): the Sec-WebSocket-Version header must be there once'
    throw badRequest('WS_ERR_INVALID_VERSION', message, SUPPORTED_VERSION)
  }
  // RFC 6455 §4.2.2(4), /version/: a version that is not understood
  if (version !== '13') throw unsupportedVersion()
}

/** RFC 6455 §4.2.1(5): base64 of 16 bytes. A repeated field, which Node joins with a comma, is none (§11.3.1). */
function readKey(headers: RequestHeaders): string {
  const key = singularField(headers, 'sec-websocket-key')
  if (key !== undefined && isHandshakeKey(key)) return key
  throw badRequest('WS_ERR_INVALID_KEY', 'RFC 6455 §4.2.1(5): the Sec-WebSocket-Key header must be 16 bytes in base64')
}

/** RFC 6455 §4.2.1(9); the field MAY come several times (§11.3.2). */
function offeredExtensions(headers: RequestHeaders): readonly ExtensionOffer[] {
  const value = listField(headers, 'sec-websocket-extensions')
  return value === undefined ? [] : parseExtensions(value)
}
