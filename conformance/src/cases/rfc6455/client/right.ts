// Answers to a client's opening handshake that are right, however unusual they look (RFC 6455 §4.1, §4.2.2).
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answering, closesCleanly, only, staysOpen } from '../../../case.js'
import { CLOSE, PING, TEXT, closeBody, frame, slices } from '../../../wire/frame.js'
import { acceptFor } from '../../../wire/handshake.js'
import { Mismatch } from '../../../wire/peer.js'
import { END, close, pong, text } from '../../../wire/seen.js'
import type { ServerPeer } from '../../../wire/server-peer.js'
import { type ServerAnswer, opens } from './answer.js'

const TWO = { subprotocols: ['x-one', 'x-two'] }
const FOLDED_CASE = { Upgrade: undefined, Connection: undefined, UPGRADE: 'websocket', cOnNeCtIoN: 'upgrade' }
const keyOf = (peer: ServerPeer): string => peer.field('sec-websocket-key')!

const ANSWERS: [section: string, name: string, answer: ServerAnswer][] = [
  ['4.2.2', 'the plain 101', {}],
  ['4.1', 'Upgrade: WebSocket', { fields: { Upgrade: 'WebSocket' } }],
  ['4.1', 'Upgrade: WEBSOCKET', { fields: { Upgrade: 'WEBSOCKET' } }],
  ['4.1', 'Connection: upgrade', { fields: { Connection: 'upgrade' } }],
  ['4.1', 'Connection: UPGRADE', { fields: { Connection: 'UPGRADE' } }],
  ['4.1', 'Connection: keep-alive, Upgrade', { fields: { Connection: 'keep-alive, Upgrade' } }],
  ['4.1', 'Connection: Upgrade,keep-alive', { fields: { Connection: 'Upgrade,keep-alive' } }],
  ['4.1', 'Connection with empty elements', { fields: { Connection: ', Upgrade ,, ' } }],
  ['4.1', 'Connection in two fields', { fields: { Connection: ['keep-alive', 'Upgrade'] } }],
  ['4.1', 'names of fields in any case', { fields: FOLDED_CASE }],
  ['4.1', 'names of fields in lower case', {
    fields: (peer) => ({ 'Sec-WebSocket-Accept': undefined, 'sec-websocket-accept': acceptFor(keyOf(peer)) }),
  }],
  ['4.1', 'Sec-WebSocket-Accept with whitespace around it', {
    fields: (peer) => ({ 'Sec-WebSocket-Accept': ` \t ${acceptFor(keyOf(peer))} \t ` }),
  }],
  ['4.1', 'a phrase of its own', { statusLine: 'HTTP/1.1 101 Web Socket Protocol Handshake' }],
  ['4.1', 'an empty phrase', { statusLine: 'HTTP/1.1 101 ' }],
  ['4.1', 'unknown fields', { fields: { Server: 'conformance', Date: 'Sun, 06 Nov 1994 08:49:37 GMT', 'X-Unknown': 'yes, "no"' } }],
  ['4.1', 'two cookies', { fields: { 'Set-Cookie': ['a=b', 'c=d; Path=/'] } }],
  ['4.1', 'an unknown field without a value', { fields: { 'X-Empty': '' } }],
  ['4.1', '50 unknown fields', { fields: Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`X-${at}`, 'v'])) }],
  ['4.1', 'a field of 4000 bytes', { fields: { 'X-Long': 'v'.repeat(4_000) } }],
  ['4.1', 'an unknown field with bytes above ASCII', { fields: { 'X-Name': 'caf\u00e9' } }],
  ['4.2.2', 'the first of two subprotocols', { options: TWO, fields: { 'Sec-WebSocket-Protocol': 'x-one' } }],
  ['4.2.2', 'the second of two subprotocols', { options: TWO, fields: { 'Sec-WebSocket-Protocol': 'x-two' } }],
]

/** Frames in the same segment as the 101: the server may send as soon as it has answered (RFC 6455 §4.2.2). */
function earlyFrames(): Case[] {
  const together = (name: string, frames: Buffer, seen: string[]): Case => answering(['4.2.2', name], {}, async (peer) => {
    peer.writeRaw(Buffer.concat([peer.response(), peer.turned(frames)]))
    await peer.expect(...seen)
  })
  const messages = ['one', 'two', 'three'].map((each) => frame(TEXT, each))
  return [
    together('text behind the 101, in one segment', Buffer.concat([frame(TEXT, 'early'), frame(PING)]), [text('early'), pong()]),
    together('three messages behind the 101, in one segment', Buffer.concat(messages), [text('one'), text('two'), text('three')]),
    together('64 KiB behind the 101, in one segment', frame(TEXT, 'x'.repeat(65_536)), [text('x'.repeat(65_536))]),
    together('Close behind the 101, in one segment', frame(CLOSE, closeBody(1000)), [close(1000), END]),
    together('a broken frame behind the 101, in one segment', frame(TEXT, '', { rsv: 2 }), [close(1002), END]),
    together('a masked frame behind the 101, in one segment', frame(TEXT, 'masked', { mask: undefined }), [close(1002), END]),
    answering(['4.2.2', 'half a frame behind the 101, the rest later'], {}, async (peer) => {
      const [first, second] = slices(frame(TEXT, 'in two halves'), 10) as [Buffer, Buffer]
      peer.writeRaw(Buffer.concat([peer.response(), peer.turned(first)]))
      await new Promise((resolve) => { setImmediate(resolve) })
      peer.write(second)
      await peer.expect(text('in two halves'))
      await closesCleanly(peer)
    }),
  ]
}

function inPieces(size: number): Case {
  return answering(['4.1', `a 101 in pieces of ${size}, with a message`], {}, async (peer) => {
    for (const piece of slices(Buffer.concat([peer.response(), peer.turned(frame(TEXT, 'behind'))]), size)) {
      peer.writeRaw(piece)
      await new Promise((resolve) => { setImmediate(resolve) })
    }
    await peer.expect(text('behind'))
    await staysOpen(peer)
  })
}

/** RFC 9110 §15.2: a client takes interim answers before the final one; of this one's, 101 is final. */
function interim(): Case[] {
  const heads: [name: string, head: string][] = [
    ['100', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['102', 'HTTP/1.1 102 Processing\r\nX-Early: yes\r\n\r\n'],
    ['103', 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n'],
  ]
  return heads.map(([name, head]) => answering(['4.1', `${name}, then the 101`], {}, async (peer) => {
    peer.writeRaw(Buffer.from(head))
    peer.respond()
    await staysOpen(peer)
  }))
}

/** RFC 6455 §4.1(7): the nonce is chosen at random for each connection. */
function keys(): Case {
  const known = new Set<string>()
  const one = answering(['4.1', 'a new key for each of 20 connections'], {}, async (peer) => {
    if (known.has(keyOf(peer))) throw new Mismatch('the same key as before')
    known.add(keyOf(peer))
    peer.respond()
    await staysOpen(peer)
  })
  return { ...one, run: async (target) => { for (let count = 0; count < 20; count++) await one.run(target) } }
}

export const answersRight: Theme = {
  name: 'Opening handshake: right answers',
  rfc: 6455,
  cases: only('client', [
    ...ANSWERS.map(([section, name, answer]) => opens([section, name], answer)),
    opens(['4.2.2', 'no subprotocol, though one was asked for'], { options: TWO }),
    opens(['9.1', 'no extension, though one was offered'], { options: { compression: {} } }),
    ...[1, 7, 64].map(inPieces), ...interim(), ...earlyFrames(), keys(),
  ]),
}
