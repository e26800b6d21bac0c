// The client's opening handshake as bytes (RFC 6455 §4.1). Pure but for the key. Nothing breaks out of its line.
import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import {
  type FieldLine,
  type ResponseHeaders,
  checkSubprotocolOption,
  fieldLines,
  hasField,
  isFieldText,
  serializeHead,
} from '@tocsin/core/handshake'
import { UsageError } from '@tocsin/core/protocol'
import type { Target } from './target.js'

/** Fields by name, or pairs, which may repeat a name (`Map` and `Headers` fit). */
export type RequestHeaders = ResponseHeaders

export interface RequestInit {
  readonly headers: RequestHeaders
  readonly origin: string | undefined
  readonly subprotocols: readonly string[]
  /** Sec-WebSocket-Extensions. */
  readonly extensions: string | undefined
}

export interface HandshakeRequest {
  /** What Sec-WebSocket-Accept has to answer. */
  readonly key: string
  readonly bytes: Buffer
}

/** Fields that the handshake writes, and what to do instead. */
const RESERVED: ReadonlyMap<string, string> = new Map([
  ['host', 'it is the host of the URL; the options `lookup` and `connect` lead that name elsewhere'],
  ['connection', 'it is part of the handshake'],
  ['upgrade', 'it is part of the handshake'],
  ['origin', 'use the option `origin`'],
  ['sec-websocket-protocol', 'use the option `subprotocols`'],
  ['sec-websocket-extensions', 'use the option `compression`'],
  ['sec-websocket-key', 'it is made anew for each attempt'],
  ['sec-websocket-version', 'it is always 13'],
  ['sec-websocket-accept', 'it belongs to the response'],
  ['content-length', 'the handshake has no body'],
  ['transfer-encoding', 'the handshake has no body'],
  ['trailer', 'the handshake has no body'],
  ['expect', 'the handshake has no body'],
])

/** @throws UsageError `WS_ERR_INVALID_HEADER`, `WS_ERR_RESERVED_HEADER`, `WS_ERR_INVALID_SUBPROTOCOL` */
export function serializeRequest(target: Target, { headers, origin, subprotocols, extensions }: RequestInit): HandshakeRequest {
  checkSubprotocolOption(subprotocols)
  // RFC 6455 §4.1(7): a nonce of 16 random bytes, new for each connection.
  const key = randomBytes(16).toString('base64')
  const lines: FieldLine[] = [
    // §4.1(4) to (6), (9)
    ['Host', target.authority],
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Key', key],
    ['Sec-WebSocket-Version', '13'],
  ]
  if (origin !== undefined) lines.push(['Origin', requireText(origin)])
  if (subprotocols.length > 0) lines.push(['Sec-WebSocket-Protocol', subprotocols.join(', ')])
  if (extensions !== undefined) lines.push(['Sec-WebSocket-Extensions', extensions])
  lines.push(...ownLines(headers))
  if (target.authorization !== undefined && !hasField(lines, 'authorization')) lines.push(['Authorization', target.authorization])
  // §4.1(2) and (3); WHATWG URLs are ASCII without spaces, so the line holds.
  return { key, bytes: Buffer.from(serializeHead(`GET ${target.resource} HTTP/1.1`, lines), 'latin1') }
}

/** The application's fields, checked. */
export function ownLines(headers: RequestHeaders): readonly FieldLine[] {
  const lines = fieldLines(headers, () => false)
  for (const [name] of lines) {
    const instead = RESERVED.get(name.toLowerCase())
    if (instead !== undefined) throw new UsageError('WS_ERR_RESERVED_HEADER', `the ${name} header cannot be set: ${instead}`)
  }
  return lines
}

function requireText(origin: string): string {
  if (typeof origin === 'string' && isFieldText(origin)) return origin
  throw new UsageError('WS_ERR_INVALID_HEADER', 'the option `origin` must be one line of text')
}
