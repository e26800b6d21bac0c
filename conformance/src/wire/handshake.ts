// The client's opening handshake as text, right or wrong, and the head of the server's answer (RFC 6455 §4). Knows no socket.
import { Buffer } from 'node:buffer'
import { createHash, randomBytes } from 'node:crypto'
import { judge } from './extensions.js'

export interface RequestFields {
  /** Instead of, or in addition to, the fields of a right handshake; a list makes several fields, undefined leaves one out. */
  readonly [name: string]: string | readonly string[] | undefined
}

export interface RequestLine {
  /** @default 'GET' */
  readonly method?: string
  /** @default '1.1' */
  readonly version?: string
}

export interface Answer {
  readonly status: number
  /** By lower-case name; several fields of one name joined by ', '. */
  readonly headers: ReadonlyMap<string, string>
}

/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

export function randomKey(): string {
  return randomBytes(16).toString('base64')
}

/** RFC 6455 §4.2.2(5.4). */
export function acceptFor(key: string): string {
  return createHash('sha1').update(key + GUID).digest('base64')
}

export function requestHead(url: URL, fields: RequestFields, { method = 'GET', version = '1.1' }: RequestLine = {}): Buffer {
  const all: RequestFields = { Host: url.host, Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13', ...fields }
  const lines = Object.entries(all).flatMap(([name, value]) => [value ?? []].flat().map((each) => `${name}: ${each}`))
  return Buffer.from([`${method} ${url.pathname || '/'}${url.search} HTTP/${version}`, ...lines, '', ''].join('\r\n'), 'latin1')
}

/** The head at the beginning of `bytes` and where it ends; undefined while it is not whole. @throws Error for what is not HTTP */
export function readAnswer(bytes: Buffer): { readonly answer: Answer; readonly end: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1]
  if (status === undefined) throw new Error(`not a status line of HTTP/1.1: ${JSON.stringify(statusLine)}`)
  return { answer: { status: Number(status), headers: fieldsOf(lines) }, end: end + 4 }
}

function fieldsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers.set(name, headers.has(name) ? `${headers.get(name)}, ${value}` : value)
  }
  return headers
}

/** What the client asked for, and what the answer has to fit. */
export interface Asked {
  readonly key: string
  readonly subprotocols?: readonly string[]
  /** Sec-WebSocket-Extensions. */
  readonly offer?: string | undefined
}

/** What is wrong with a 101 (RFC 6455 §4.1, the client's checks); undefined when it is right. */
export function faultOf({ status, headers }: Answer, { key, subprotocols = [], offer }: Asked): string | undefined {
  if (status !== 101) return `status ${status} instead of 101`
  if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return 'the 101 has no "Upgrade: websocket"'
  if (headers.get('connection')?.toLowerCase() !== 'upgrade') return 'the 101 has no "Connection: Upgrade"'
  if (headers.get('sec-websocket-accept') !== acceptFor(key)) return 'Sec-WebSocket-Accept does not fit the key'
  const judgement = judge(offer, headers.get('sec-websocket-extensions'))
  if ('fault' in judgement) return judgement.fault
  const subprotocol = headers.get('sec-websocket-protocol')
  return subprotocol === undefined || subprotocols.includes(subprotocol) ? undefined : 'the 101 has a subprotocol that was not offered'
}
