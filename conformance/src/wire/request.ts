// A client's opening handshake: its head as it came, what is wrong with it (RFC 6455 §4.1), and the server's answer as text, right or
// wrong. Knows no socket.
import { Buffer } from 'node:buffer'
import { parseExtensions, readParameters } from './extensions.js'
import { acceptFor } from './handshake.js'

export interface Request {
  readonly line: string
  /** By lower-case name, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>
}

/** The head at the beginning of `bytes` and where it ends; undefined while it is not whole. */
export function readRequest(bytes: Buffer): { readonly request: Request; readonly end: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [line = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const fields = new Map<string, string[]>()
  for (const each of lines) {
    const [, name = `not a field: ${each}`, value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\0\r\n]*?)[ \t]*$/.exec(each) ?? []
    fields.set(name.toLowerCase(), [...(fields.get(name.toLowerCase()) ?? []), value])
  }
  return { request: { line, fields }, end: end + 4 }
}

export function fieldOf({ fields }: Request, name: string): string | undefined {
  return fields.get(name)?.join(', ')
}

/** What the client was told. */
export interface Told {
  readonly url: URL
  readonly subprotocols: readonly string[]
  readonly isOffering: boolean
}

/** The numbers are those of the list in RFC 6455 §4.1; undefined when all is right. */
export function faultOfRequest(request: Request, { url, subprotocols, isOffering }: Told): string | undefined {
  const field = (name: string): string => fieldOf(request, name) ?? ''
  const isToken = (name: string, token: string): boolean => field(name).toLowerCase().split(/\s*,\s*/).includes(token)
  const rules: [section: string, isMet: boolean][] = [
    ['(2), (3) a GET of the resource name with HTTP/1.1', request.line === `GET ${url.pathname}${url.search} HTTP/1.1`],
    ['(4) Host', field('host') === url.host],
    ['(5) Upgrade', isToken('upgrade', 'websocket')],
    ['(6) Connection', isToken('connection', 'upgrade')],
    ['(7) Sec-WebSocket-Key, of 16 bytes', isKey(field('sec-websocket-key'))],
    ['(9) Sec-WebSocket-Version 13', field('sec-websocket-version') === '13'],
    ['(10) Sec-WebSocket-Protocol', field('sec-websocket-protocol').split(/\s*,\s*/).join() === subprotocols.join()],
    ['(11) Sec-WebSocket-Extensions', isRightOffer(fieldOf(request, 'sec-websocket-extensions'), isOffering)],
    ['fields', [...request.fields.keys()].every((name) => !name.startsWith('not a field'))],
    ['no body', !request.fields.has('content-length') && !request.fields.has('transfer-encoding')],
  ]
  const broken = rules.find(([, isMet]) => !isMet)
  return broken === undefined ? undefined : `fault: RFC 6455 §4.1: the request is wrong: ${broken[0]}`
}

function isKey(value: string): boolean {
  const bytes = Buffer.from(value, 'base64')
  return bytes.length === 16 && bytes.toString('base64') === value
}

/** RFC 7692 §7.1: only legal parameters. */
function isRightOffer(value: string | undefined, isOffering: boolean): boolean {
  if (value === undefined || !isOffering) return (value === undefined) === !isOffering
  const offers = parseExtensions(value) ?? []
  return offers.length > 0 && offers.every((each) => each.name === 'permessage-deflate' && readParameters(each, true) !== undefined)
}

export interface ResponseFields {
  /** Instead of, or in addition to, the fields of a right answer; a list makes several fields, undefined leaves one out. */
  readonly [name: string]: string | readonly string[] | undefined
}

/** @param statusLine of a right answer unless it is given */
export function responseHead(request: Request, fields: ResponseFields = {}, statusLine = 'HTTP/1.1 101 Switching Protocols'): Buffer {
  const accept = acceptFor(fieldOf(request, 'sec-websocket-key') ?? '')
  const all: ResponseFields = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': accept, ...fields }
  const lines = Object.entries(all).flatMap(([name, value]) => [value ?? []].flat().map((each) => `${name}: ${each}`))
  return Buffer.from([statusLine, ...lines, '', ''].join('\r\n'), 'latin1')
}
