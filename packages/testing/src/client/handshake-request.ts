// The client's opening handshake as bytes (RFC 6455 §4.1). Knows no socket; checks nothing, because tests also send what is wrong.
import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { type Frame, pack } from '@tocsin/core/protocol'
import { type CompressionOffer, offerOf } from './agreed-compression.js'

/** Header fields to send: a list makes several fields of one name, `undefined` leaves out a field that would be there by default. */
export interface RequestFields {
  readonly [name: string]: string | readonly string[] | undefined
}

/** What the client asks for. Everything is written as it is given, also what breaks a rule. */
export interface RequestOptions {
  /** With its query. @default '/' */
  readonly path?: string
  /** @default 'GET' */
  readonly method?: string
  /** Added to the fields of the handshake, or replacing them by name. */
  readonly headers?: RequestFields
  /** The page that the client claims to be on. @default none, as clients that are not browsers */
  readonly origin?: string
  /** In order of preference. @default none */
  readonly subprotocols?: readonly string[]
  /** Whether permessage-deflate is offered (RFC 7692), and with which parameters. @default false */
  readonly compression?: CompressionOffer
  /** Frames (masked on the way), or raw bytes, that travel in the segment of the handshake itself. @default none */
  readonly head?: Uint8Array | readonly Frame[]
}

export interface HandshakeRequest {
  /** What the server's Sec-WebSocket-Accept has to answer. */
  readonly key: string
  readonly bytes: Buffer
}

export function serializeHandshakeRequest(options: RequestOptions, host: string): HandshakeRequest {
  const { path = '/', method = 'GET', head = [] } = options
  const fields = fieldsOf(options, host)
  const lines = [...fields.values()].flatMap(linesOf)
  const text = [`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n')
  return { key: String(fields.get('sec-websocket-key')?.[1]), bytes: Buffer.concat([Buffer.from(text, 'latin1'), bytesOf(head)]) }
}

type Field = readonly [name: string, value: string | readonly string[] | undefined]

/** By lower-case name, so that the test's own fields replace ours. */
function fieldsOf({ headers = {}, origin, subprotocols, compression }: RequestOptions, host: string): Map<string, Field> {
  const fields: Field[] = [
    ['Host', host],
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', randomBytes(16).toString('base64')],
    ['Sec-WebSocket-Protocol', subprotocols?.join(', ')],
    ['Sec-WebSocket-Extensions', offerOf(compression)],
    ['Origin', origin],
    ...Object.entries(headers),
  ]
  return new Map(fields.map((field) => [field[0].toLowerCase(), field]))
}

function linesOf([name, value]: Field): string[] {
  const values = value === undefined ? [] : typeof value === 'string' ? [value] : value
  return values.map((each) => `${name}: ${each}`)
}

function bytesOf(head: Uint8Array | readonly Frame[]): Uint8Array {
  return head instanceof Uint8Array ? head : Buffer.concat(head.map((frame) => pack(frame, { mask: true })))
}
