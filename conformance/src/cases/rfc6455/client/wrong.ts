// Answers to a client's opening handshake that establish no connection (RFC 6455 §4.1): the client fails it, and says nothing any more.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answering, only } from '../../../case.js'
import { TEXT, frame } from '../../../wire/frame.js'
import { acceptFor, randomKey } from '../../../wire/handshake.js'
import type { ResponseFields } from '../../../wire/request.js'
import { type ServerAnswer, isRefused, refuses } from './answer.js'

const ELSEWHERE = { Location: 'ws://127.0.0.1:1/' }
const MORE: Record<number, Record<string, string>> = {
  301: ELSEWHERE, 302: ELSEWHERE, 307: ELSEWHERE, 308: ELSEWHERE,
  401: { 'WWW-Authenticate': 'Basic realm="x"' },
  407: { 'Proxy-Authenticate': 'Basic realm="x"' },
  426: { 'Sec-WebSocket-Version': '13, 8' },
  503: { 'Retry-After': '1' },
}

/** §4.1(1): all but 101 are HTTP's business, and open nothing, whatever their fields say. */
function statuses(): Case[] {
  return [200, 201, 204, 206, 300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 407, 426, 429, 500, 501, 503].map((status) =>
    refuses(['4.1', `status ${status} with the fields of a 101`], {
      statusLine: `HTTP/1.1 ${status} Not So`,
      fields: { 'Content-Length': '0', ...MORE[status] },
    }))
}

const accept = (value: string | string[] | undefined): ResponseFields => ({ 'Sec-WebSocket-Accept': value })

function wrongAccept(): Case[] {
  const answers: [name: string, fields: (right: string) => ResponseFields][] = [
    ['without Sec-WebSocket-Accept', () => accept(undefined)],
    ['Sec-WebSocket-Accept without a value', () => accept('')],
    ['Sec-WebSocket-Accept for another key', () => accept(acceptFor(randomKey()))],
    ['Sec-WebSocket-Accept with another first letter', (right) => accept(right.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')))],
    ['Sec-WebSocket-Accept in lower case', (right) => accept(right.toLowerCase())],
    ['Sec-WebSocket-Accept without its padding', (right) => accept(right.slice(0, -1))],
    ['Sec-WebSocket-Accept and more', (right) => accept(`${right}x`)],
    ['Sec-WebSocket-Accept in quotes', (right) => accept(`"${right}"`)],
    // §11.3.3: it MUST NOT appear more than once
    ['Sec-WebSocket-Accept twice', (right) => accept([right, right])],
    ['Sec-WebSocket-Accept twice, the second wrong', (right) => accept([right, acceptFor(randomKey())])],
    ['Sec-WebSocket-Accept twice, the first wrong', (right) => accept([acceptFor(randomKey()), right])],
  ]
  return answers.map(([name, fields]) => refuses(['4.1', name], {
    fields: (peer) => fields(acceptFor(peer.field('sec-websocket-key')!)),
  }))
}

const ONE = { subprotocols: ['x-one', 'x-two'] }
const protocol = (value: string | string[]): ResponseFields => ({ 'Sec-WebSocket-Protocol': value })
const extensions = (value: string | string[]): ResponseFields => ({ 'Sec-WebSocket-Extensions': value })

const FIELDS: [section: string, name: string, answer: ServerAnswer][] = [
  ['4.1', 'without Upgrade', { fields: { Upgrade: undefined } }],
  ['4.1', 'Upgrade without a value', { fields: { Upgrade: '' } }],
  ['4.1', 'Upgrade: websocket2', { fields: { Upgrade: 'websocket2' } }],
  ['4.1', 'Upgrade: h2c', { fields: { Upgrade: 'h2c' } }],
  ['4.1', 'Upgrade: web socket', { fields: { Upgrade: 'web socket' } }],
  ['4.1', 'Upgrade: "websocket"', { fields: { Upgrade: '"websocket"' } }],
  ['4.1', 'without Connection', { fields: { Connection: undefined } }],
  ['4.1', 'Connection without a value', { fields: { Connection: '' } }],
  ['4.1', 'Connection: close', { fields: { Connection: 'close' } }],
  ['4.1', 'Connection: keep-alive', { fields: { Connection: 'keep-alive' } }],
  ['4.1', 'Connection: Upgraded', { fields: { Connection: 'Upgraded' } }],
  ['4.1', 'Connection: not Upgrade', { fields: { Connection: 'not Upgrade' } }],
  ['4.1', 'a subprotocol, though none was asked for', { fields: protocol('x-one') }],
  ['4.1', 'another subprotocol', { options: ONE, fields: protocol('x-three') }],
  ['4.1', 'a subprotocol in another case', { options: ONE, fields: protocol('X-One') }],
  ['4.1', 'a subprotocol that begins like one', { options: ONE, fields: protocol('x-on') }],
  ['4.1', 'both subprotocols', { options: ONE, fields: protocol('x-one, x-two') }],
  ['11.3.4', 'a subprotocol twice, in two fields', { options: ONE, fields: protocol(['x-one', 'x-one']) }],
  ['4.1', 'a subprotocol without a name', { options: ONE, fields: protocol('') }],
  ['9.1', 'an extension, though none was offered', { fields: extensions('permessage-deflate') }],
  ['9.1', 'an unknown extension', { fields: extensions('x-unknown') }],
  ['9.1', 'an unknown extension with parameters', { fields: extensions('x-unknown; a=1; b="c"') }],
  ['9.1', 'an unknown extension in place of the offered one', { options: { compression: {} }, fields: extensions('x-unknown') }],
  ['9.1', 'an unknown extension beside the offered one', {
    options: { compression: {} }, fields: extensions('permessage-deflate, x-unknown'),
  }],
  ['9.1', 'an unknown extension in a field of its own', {
    options: { compression: {} }, fields: extensions(['permessage-deflate', 'x-unknown']),
  }],
  ['9.1', 'a list of extensions that is none', { fields: extensions('=') }],
]

function fields(): Case[] {
  return FIELDS.map(([section, name, answer]) => refuses([section, name], answer))
}

/** Not an answer of HTTP/1.1, of which §4.1 makes the beginning. */
const LINES = [
  'HTTP/1.0 101 Switching Protocols', 'HTTP/2 101 Switching Protocols', 'HTTP/1.1 1O1 Switching Protocols', 'HTTP/1.1 0101 Switching',
  'HTTP/1.1 10 Switching Protocols', 'ICY 101 Switching Protocols', '101 Switching Protocols', 'GET / HTTP/1.1', 'SSH-2.0-x', '',
]

function notHttp(): Case[] {
  const bytes: [name: string, bytes: (right: Buffer) => Buffer][] = [
    ['frames instead of an answer', () => frame(TEXT, 'early', { mask: undefined })],
    ['garbage instead of an answer', () => Buffer.alloc(1_000, 0xff)],
    ['a record of TLS instead of an answer', () => Buffer.from('15030300020228', 'hex')],
    ['a line that is no field', (right) => withLine(right, 'no field')],
    ['a field without a name', (right) => withLine(right, ': value')],
    ['a space before the colon', (right) => withLine(right, 'X-Space : value')],
    ['a NUL in a field', (right) => withLine(right, 'X-Nul: a\0b')],
    ['a NUL in a name', (right) => withLine(right, 'X\0Nul: a')],
  ]
  return [
    ...LINES.map((statusLine) => refuses(['4.1', `status line "${statusLine}"`], { statusLine })),
    ...bytes.map(([name, make]) => answering(['4.1', name], {}, async (peer) => {
      const right = peer.response()
      peer.writeRaw(Buffer.concat([make(right), right]))
      await isRefused(peer)
    })),
  ]
}

/** With one line more. */
function withLine(head: Buffer, line: string): Buffer {
  return Buffer.from(head.toString('latin1').replace('\r\n\r\n', `\r\n${line}\r\n\r\n`), 'latin1')
}

/** RFC 6455 §10.7: a client, too, bounds what it takes before it knows its peer. */
function endless(): Case[] {
  const parts: [name: string, part: string][] = [
    ['a head without an end', `X-More: ${'v'.repeat(1_000)}\r\n`],
    ['a field without an end', 'v'.repeat(1_000)],
    ['interim answers without an end', 'HTTP/1.1 102 Processing\r\nX-Early: yes\r\n\r\n'],
  ]
  return parts.map(([name, part]) => answering(['10.7', name], {}, async (peer) => {
    peer.response()
    peer.writeRaw(Buffer.from(name.startsWith('interim') ? '' : 'HTTP/1.1 101 Switching Protocols\r\nX: '))
    for (let sent = 0; sent < 4_000_000; sent += part.length * 1_000) {
      peer.writeRaw(Buffer.from(part.repeat(1_000)))
      await new Promise((resolve) => { setImmediate(resolve) })
    }
    await isRefused(peer)
  }))
}

function ends(): Case[] {
  const heads: [name: string, size: number][] = [
    ['before an answer', 0], ['within the status line', 9], ['within the fields', 60], ['before the empty line', -2],
  ]
  return heads.map(([name, size]) => answering(['4.1', `TCP ended ${name}`], {}, async (peer) => {
    const head = peer.response()
    peer.writeRaw(head.subarray(0, size))
    peer.end()
    await isRefused(peer)
  }))
}

export const answersWrong: Theme = {
  name: 'Opening handshake: wrong answers',
  rfc: 6455,
  cases: only('client', [...statuses(), ...wrongAccept(), ...fields(), ...notHttp(), ...endless(), ...ends()]),
}
