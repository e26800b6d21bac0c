// That each kind of check can fail: small servers, each with one flaw, against the case that is about it. Without the flaw it passes.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { CLOSE, PING, PONG, TEXT, frame } from '../src/wire/frame.js'
import type { Flaw } from './support/flawed-server.js'
import { verdict } from './support/verdict.js'

const mask = undefined

const FLAWS: [what: string, theme: string, name: string, flaw: Flaw, failure: RegExp][] = [
  [
    'a wrong Sec-WebSocket-Accept',
    'Opening handshake: right',
    'a random key',
    { fields: (fields) => ({ ...fields, 'Sec-WebSocket-Accept': 'x' }) },
    /does not fit the key/,
  ],
  [
    'no Connection in the 101',
    'Opening handshake: right',
    'a random key',
    { fields: ({ Connection: _, ...fields }) => fields },
    /no "Connection: Upgrade"/,
  ],
  [
    'a subprotocol that was not offered',
    'Opening handshake: right',
    'one subprotocol, or none',
    { fields: (fields) => ({ ...fields, 'Sec-WebSocket-Protocol': 'other' }) },
    /subprotocol that was not offered/,
  ],
  [
    'an extension that nobody knows',
    'Opening handshake: right',
    'an unknown extension is not accepted',
    { fields: (fields, offer) => ({ ...fields, 'Sec-WebSocket-Extensions': offer! }) },
    /was not offered/,
  ],
  ['takes any method', 'Opening handshake: wrong', 'method POST', { isAcceptable: () => true }, /status 101 instead of 4xx/],
  ['takes any version', 'Opening handshake: wrong', 'version 14', { isAcceptable: () => true }, /status 101 instead of 4xx/],
  [
    'echoes another text',
    'Framing',
    'text of 5 bytes',
    { answer: (bytes, { opcode }) => (opcode === TEXT ? frame(TEXT, 'other', { mask }) : bytes) },
    /expected text "abcde", got text "other"/,
  ],
  [
    'echoes text as binary',
    'Framing',
    'text of 5 bytes',
    { answer: (bytes, { opcode, payload }) => (opcode === TEXT ? frame(2, payload, { mask }) : bytes) },
    /got binary/,
  ],
  [
    'echoes twice',
    'Framing',
    'text of 5 bytes',
    { answer: (bytes, { opcode }) => (opcode === TEXT ? Buffer.concat([bytes, bytes]) : bytes) },
    /expected pong/,
  ],
  [
    'masks its frames',
    'Framing',
    'text of 5 bytes',
    { answer: (bytes, { opcode, payload }) => (opcode === TEXT ? frame(TEXT, payload) : bytes) },
    /§5\.1/,
  ],
  [
    'takes lengths that could be shorter',
    'Framing',
    'text of 1 bytes with a 16-bit length',
    { judge: (code, { isMinimal }) => (isMinimal ? code : undefined) },
    /expected close 1002, got text "a"/,
  ],
  [
    'takes frames without a mask',
    'Masking',
    'unmasked text',
    { judge: (code, { isMasked }) => (isMasked ? code : undefined) },
    /expected close 1002, got text/,
  ],
  [
    'takes reserved bits',
    'Reserved bits',
    'RSV3 on text',
    { judge: (code, { first }) => ((first & 0x10) === 0 ? code : undefined) },
    /expected close 1002, got text/,
  ],
  [
    'takes reserved opcodes',
    'Reserved opcodes',
    'opcode 0x3',
    { judge: (code, { opcode }) => (opcode === 3 ? undefined : code) },
    /expected close 1002/,
  ],
  ['fails with another code', 'Reserved opcodes', 'opcode 0x3', { judge: (code) => code && 1011 }, /expected close 1002, got close 1011/],
  [
    'ends TCP without Close',
    'Reserved opcodes',
    'opcode 0x3',
    { answer: (bytes, { opcode }) => (opcode === 3 ? Buffer.alloc(0) : bytes) },
    /expected close 1002, got end/,
  ],
  ['leaves TCP open', 'Reserved opcodes', 'opcode 0x3', { staysOpen: true }, /expected end, got nothing within/],
  [
    'takes a stray continuation',
    'Fragmentation',
    'a continuation without a beginning',
    { judge: (code, { opcode }) => (opcode === 0 ? undefined : code) },
    /expected close 1002/,
  ],
  [
    'does not answer Pings',
    'Pings and Pongs',
    'Ping of 1 bytes',
    { answer: (bytes, { opcode }) => (opcode === PING ? Buffer.alloc(0) : bytes) },
    /expected pong 70, got nothing/,
  ],
  [
    'answers Pings with other bytes',
    'Pings and Pongs',
    'Ping of 1 bytes',
    { answer: (bytes, { opcode }) => (opcode === PING ? frame(PONG, 'x', { mask }) : bytes) },
    /expected pong 70, got pong 78/,
  ],
  [
    'takes long Pings',
    'Pings and Pongs',
    'Ping of 126 bytes',
    { judge: (code, { opcode }) => (opcode === PING ? undefined : code) },
    /expected close 1002/,
  ],
  [
    'takes text that is not UTF-8',
    'UTF-8: invalid',
    'impossible byte ff: in one frame',
    { judge: (code) => (code === 1007 ? undefined : code) },
    /expected close 1007, got fault: RFC 6455 §8\.1/,
  ],
  [
    'does not answer Close',
    'Closing handshake',
    'code 1000 is echoed',
    { answer: (bytes, { opcode }) => (opcode === CLOSE ? Buffer.alloc(0) : bytes) },
    /expected close 1000, got end/,
  ],
  [
    'sends frames behind Close',
    'Closing handshake',
    'code 1000 is echoed',
    { answer: (bytes, { opcode }) => (opcode === CLOSE ? Buffer.concat([bytes, frame(TEXT, 'more', { mask })]) : bytes) },
    /expected end, got fault: RFC 6455 §5\.5\.1/,
  ],
  [
    'takes any code',
    'Closing handshake',
    'code 999',
    { judge: (code, { opcode }) => (opcode === CLOSE ? undefined : code) },
    /expected close 1002, got close 999/,
  ],
]

describe('RFC 6455', () => {
  test.each(FLAWS)('%s: caught by "%s: %s"', async (_what, theme, name, flaw, failure) => {
    expect(await verdict(flaw, { theme, name })).toMatch(failure)
    expect(await verdict({}, { theme, name })).toBeUndefined()
  })
})
