// That the cases can fail a client: small clients, each with one flaw, and the case that finds it.
import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { PING, PONG, TEXT, frame } from '../src/wire/frame.js'
import type { ClientFlaw } from './support/flawed-client.js'
import { deflateRight } from './support/flawed-server.js'
import { verdictOnClient } from './support/verdict.js'

const WRONG = 'Opening handshake: wrong answers'
const SENDS = 'What a client sends'
const takes = (fault: RegExp): ClientFlaw => ({ judgeAnswer: (found) => (found !== undefined && fault.test(found) ? undefined : found) })

/** Keys that only look as if by chance. */
function hashed(count: number): Buffer {
  return createHash('sha256').update(String(count)).digest().subarray(0, 4)
}

/** A key for each number, from 0 on each connection. */
function keysFrom(keyOf: (count: number) => Uint8Array | undefined): ClientFlaw {
  return {
    masks: () => {
      let count = 0
      return () => keyOf(count++)
    },
  }
}

const FLAWS: [what: string, theme: string, name: string, flaw: ClientFlaw, failure: RegExp][] = [
  ['a request without a version', 'Opening handshake: right answers', 'the plain 101',
    { request: (fields) => ({ ...fields, 'Sec-WebSocket-Version': undefined }) }, /request is wrong: \(9\)/],
  ['another Host', 'Opening handshake: right answers', 'the plain 101',
    { request: (fields) => ({ ...fields, Host: 'localhost' }) }, /request is wrong: \(4\)/],
  ['always the same key', 'Opening handshake: right answers', 'a new key for each of 20 connections',
    { request: (fields) => ({ ...fields, 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==' }) }, /the same key as before/],
  ['loses what is behind the 101', 'Opening handshake: right answers', 'text behind the 101, in one segment',
    { takeEarly: (bytes) => bytes.subarray(bytes.length) }, /got nothing/],
  ['does not look at the status', WRONG, 'status 404 with the fields of a 101', takes(/status/), /was opened/],
  ['does not look at Upgrade', WRONG, 'Upgrade: websocket2', takes(/Upgrade: websocket/), /was opened/],
  ['does not look at Connection', WRONG, 'without Connection', takes(/Connection: Upgrade/), /was opened/],
  ['does not look at Sec-WebSocket-Accept', WRONG, 'Sec-WebSocket-Accept for another key', takes(/Accept/), /was opened/],
  ['takes any subprotocol', WRONG, 'another subprotocol', takes(/subprotocol/), /was opened/],
  ['takes any extension', WRONG, 'an unknown extension', takes(/not offered/), /was opened/],
  ['takes any answer to its offer', 'Compression: responses', 'offered server_no_context_takeover, answered: permessage-deflate',
    takes(/7692/), /was opened/],
  ['does not mask', SENDS, 'text of 5 bytes', keysFrom(() => undefined), /§5\.1: a client must mask/],
  ['masks with the same key', SENDS, 'a key for each frame', keysFrom(() => Buffer.from('37fa213d', 'hex')), /keys come again/],
  ['counts its keys', SENDS, 'no step leads from key to key',
    keysFrom((count) => Buffer.of(count >> 24, count >> 16, count >> 8, count)), /the same step/],
  ['keys of 31 bits', SENDS, 'each bit of the key is set in half of them',
    keysFrom(() => randomBytes(4).map((byte, index) => (index === 0 ? byte & 0x7f : byte))), /bit 31 is set in 0/],
  ['the same keys on each connection', SENDS, 'other keys on another connection', keysFrom(hashed), /come again/],
  ['compresses what was declined', SENDS, 'uncompressed, where the server has declined',
    { deflate: deflateRight }, /a reserved bit is set/],
  ['takes masked frames', 'Masking', 'unmasked text',
    { judge: (code, { isMasked }) => (isMasked ? undefined : code) }, /expected close 1002/],
  ['takes reserved bits', 'Reserved bits', 'RSV3 on text', { judge: (code, { first }) => ((first & 0x10) === 0 ? code : undefined) },
    /expected close 1002, got text/],
  ['does not answer Pings', 'Pings and Pongs', 'Ping of 1 bytes',
    { answer: (bytes, { opcode }) => (opcode === PING ? Buffer.alloc(0) : bytes) }, /expected pong 70, got nothing/],
  ['answers Pings with other bytes', 'Pings and Pongs', 'Ping of 1 bytes',
    { answer: (bytes, { opcode }) => (opcode === PING ? frame(PONG, 'x') : bytes) }, /expected pong 70, got pong 78/],
  ['lengths that could be shorter', 'Framing', 'text of 5 bytes',
    { answer: (bytes, { opcode, payload }) => (opcode === TEXT ? frame(TEXT, payload, { lengthBits: 16 }) : bytes) }, /shortest form/],
  ['ends TCP before the server', 'Closing handshake of a client', 'the server closes with 1000, and the end of TCP is left to it',
    { endsTcp: true }, /before the server has ended TCP: end/],
  ['echoes behind its Close', 'Closing handshake of a client', 'the client closes, and sends nothing more', { talksOn: true }, /§5\.5\.1/],
]

describe.each(FLAWS)('%s', (_what, theme, name, flaw, failure) => {
  test(`caught by "${theme}: ${name}"`, async () => {
    expect(await verdictOnClient(flaw, { theme, name })).toMatch(failure)
    expect(await verdictOnClient({}, { theme, name })).toBeUndefined()
  })
})
