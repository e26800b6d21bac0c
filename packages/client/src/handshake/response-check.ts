// Whether a 101 establishes the connection: the checks of RFC 6455 §4.1, in its order. Pure.
import { type CompressionParameters, type CompressionPolicy, readCompressionResponse } from '@tocsin/core/compression'
import { type ExtensionOffer, acceptKey, hasToken, parseExtensions } from '@tocsin/core/handshake'
import { type ResponseHead, badResponse } from './response-head.js'

/** What was asked for. */
export interface Asked {
  readonly key: string
  readonly subprotocols: readonly string[]
  /** The policy whose offer was sent; undefined: no extension was offered. */
  readonly compression: CompressionPolicy | undefined
}

export interface Agreed {
  readonly protocol: string
  readonly extensions: string
  readonly compression: CompressionParameters | undefined
}

/** @param head with status 101: any other one is HTTP's business (§4.1(1)). @throws ProtocolError */
export function checkResponse({ headers }: ResponseHead, asked: Asked): Agreed {
  // §4.1(2): Upgrade is there, and is "websocket", whatever its case.
  if (fieldOf(headers, 'upgrade')?.toLowerCase() !== 'websocket') throw badResponse('Upgrade must be "websocket"', '4.1(2)')
  // §4.1(3): Connection is there, and holds the token "Upgrade", whatever its case.
  if (!hasToken(fieldOf(headers, 'connection'), 'upgrade')) throw badResponse('Connection must hold "Upgrade"', '4.1(3)')
  // §4.1(4): Sec-WebSocket-Accept is there, and answers the key. Joined fields are no answer.
  const answer = fieldOf(headers, 'sec-websocket-accept')
  if (answer !== acceptKey(asked.key)) throw badResponse('Sec-WebSocket-Accept does not answer the key', '4.1(4)')
  // §4.1(5): no extension that was not offered.
  const extensions = fieldOf(headers, 'sec-websocket-extensions') ?? ''
  const compression = readCompressionResponse(extensions === '' ? [] : parsed(extensions), asked.compression)
  // §4.1(6): no subprotocol that was not asked for. None at all is the server's right.
  const protocol = fieldOf(headers, 'sec-websocket-protocol')
  const isAskedFor = protocol === undefined || asked.subprotocols.includes(protocol)
  if (!isAskedFor) throw badResponse('its subprotocol was not asked for', '4.1(6)')
  return { protocol: protocol ?? '', extensions, compression }
}

/** None of these is a list in the record. */
function fieldOf(headers: ResponseHead['headers'], name: string): string | undefined {
  return headers[name] as string | undefined
}

/** §9.1: malformed data fails the connection. */
function parsed(extensions: string): readonly ExtensionOffer[] {
  try {
    return parseExtensions(extensions)
  } catch {
    throw badResponse('Sec-WebSocket-Extensions is malformed', '9.1')
  }
}
