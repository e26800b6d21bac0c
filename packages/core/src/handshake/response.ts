// The server's answer to an opening handshake (RFC 6455 §4.2.2): the 101, or any other response, whole. Turns values into
// bytes and writes nothing. Its one impurity is the default of Date.
import { Buffer } from 'node:buffer'
import { UsageError } from '../protocol/errors.js'
import { acceptKey } from './accept-key.js'
import { serializeExtension, type Extension } from './extensions.js'
import { isToken } from './header-scanner.js'
import { reasonPhrase } from './reason-phrase.js'
import { encodeBody, type ResponseBody } from './response-body.js'
import { fieldLines, hasField, isFieldText, serializeHead, type FieldLine, type ResponseHeaders } from './response-fields.js'

export { passableHeaders } from './passable-headers.js'
export type { ResponseHeaders } from './response-fields.js'

/** A response that ends the connection: a refusal, a redirect, or an answer of the app's own. */
export interface HttpResponse {
  /** 200 to 599. */
  readonly status: number
  /** @default the registered phrase, or none */
  readonly reason?: string | undefined
  /** Without Connection, Keep-Alive, Content-Length, Transfer-Encoding and Trailer, which are written here. */
  readonly headers?: ResponseHeaders | undefined
  /** @default empty. Its Content-Type, unless `headers` has one: text/plain for a string, JSON for an object, none for bytes. */
  readonly body?: ResponseBody | undefined
  /** The Date field, unless `headers` has one. @default now */
  readonly date?: Date | undefined
}

/** What the 101 says. */
export interface SwitchingProtocols {
  /** Sec-WebSocket-Key of the request. */
  readonly key: string
  /** One that the client offered: see `requireOffered`. @default none */
  readonly subprotocol?: string | undefined
  /** What was negotiated, in the order of its use. @default none */
  readonly extensions?: readonly Extension[] | undefined
  /** The app's own, such as cookies. Not the handshake's own ones. */
  readonly headers?: ResponseHeaders | undefined
}

/** RFC 6455 §4.2.2(5.1) to (5.3), and the name of (5.4). */
const SWITCHING_PROTOCOLS = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: '

/** They say where a message ends; a second opinion on that is request smuggling (RFC 9112 §11.2). */
const FRAMING_FIELDS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'content-length', 'transfer-encoding', 'trailer'])

/**
 * A complete HTTP/1.1 response, with Content-Length and `Connection: close`.
 *
 * @throws UsageError before anything is written: `WS_ERR_INVALID_STATUS`, `WS_ERR_INVALID_REASON`, `WS_ERR_INVALID_HEADER`,
 * `WS_ERR_RESERVED_HEADER`, `WS_ERR_INVALID_BODY`
 */
export function serializeResponse(response: HttpResponse): Buffer {
  const lines = [...fieldLines(response.headers ?? {}, isFraming)]
  const { bytes, contentType } = encodeBody(response.body)
  if (!hasField(lines, 'date')) lines.push(['Date', (response.date ?? new Date()).toUTCString()])
  if (contentType !== undefined && !hasField(lines, 'content-type')) lines.push(['Content-Type', contentType])
  lines.push(...lengthLine(response.status, bytes.length))
  // RFC 9110 §7.8: who sends Upgrade, as a 426 does, MUST name it in Connection as well.
  lines.push(['Connection', hasField(lines, 'upgrade') ? 'close, Upgrade' : 'close'])
  return Buffer.concat([Buffer.from(serializeHead(statusLine(response), lines), 'latin1'), bytes])
}

/**
 * The response that establishes the connection (RFC 6455 §4.2.2(5)).
 *
 * @throws UsageError before anything is written: `WS_ERR_INVALID_SUBPROTOCOL`, `WS_ERR_INVALID_EXTENSION`, `WS_ERR_INVALID_HEADER`;
 * `WS_ERR_RESERVED_HEADER` for Connection, Upgrade, Sec-WebSocket-* and fields that announce a body
 */
export function serializeSwitchingProtocols({ key, subprotocol, extensions, headers }: SwitchingProtocols): Buffer {
  const lines: FieldLine[] = []
  // RFC 6455 §4.2.2(5.5): no value, no field; (4): the empty string is not a legal value
  if (subprotocol !== undefined) lines.push(['Sec-WebSocket-Protocol', requireToken(subprotocol)])
  // RFC 6455 §4.2.2(5.6): one field, since §11.3.2 forbids a second one in a response
  if (extensions !== undefined && extensions.length > 0) lines.push(['Sec-WebSocket-Extensions', extensions.map(serializeExtension).join(', ')])
  if (headers !== undefined) lines.push(...fieldLines(headers, isOfHandshake))
  return Buffer.from(serializeHead(SWITCHING_PROTOCOLS + acceptKey(key), lines), 'latin1')
}

function statusLine({ status, reason = reasonPhrase(status) }: HttpResponse): string {
  // RFC 9110 §15.2: a 1xx response is not final; the only one that ends a handshake is made by serializeSwitchingProtocols
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new UsageError('WS_ERR_INVALID_STATUS', 'the status of a response is an integer from 200 to 599')
  }
  if (typeof reason === 'string' && isFieldText(reason)) return `HTTP/1.1 ${status} ${reason}`
  throw new UsageError('WS_ERR_INVALID_REASON', 'a reason phrase is one line of latin1')
}

/** RFC 9110 §15.3.5 and §15.4.5: 204 and 304 have no body; §8.6: 204 must not carry the field either. */
function lengthLine(status: number, length: number): readonly FieldLine[] {
  if (status !== 204 && status !== 304) return [['Content-Length', String(length)]]
  if (length === 0) return []
  throw new UsageError('WS_ERR_INVALID_BODY', `a response with status ${status} has no body`)
}

function requireToken(subprotocol: string): string {
  if (isToken(subprotocol)) return subprotocol
  throw new UsageError('WS_ERR_INVALID_SUBPROTOCOL', 'a subprotocol must be a token (RFC 6455 §4.2.2)')
}

function isFraming(name: string): boolean {
  return FRAMING_FIELDS.has(name)
}

/** RFC 9112 §6.1 and RFC 9110 §8.6: a 1xx response carries neither Transfer-Encoding nor Content-Length. */
function isOfHandshake(name: string): boolean {
  return FRAMING_FIELDS.has(name) || name === 'upgrade' || name.startsWith('sec-websocket-')
}
