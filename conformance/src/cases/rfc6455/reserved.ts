// Reserved bits and reserved opcodes (RFC 6455 §5.2): without an extension that defines them, each one fails the connection.
import { type Case, type Theme, conversation, failed, fails } from '../../case.js'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, closeBody, frame } from '../../wire/frame.js'
import { text } from '../../wire/seen.js'

const KINDS: [name: string, opcode: number, payload: string | Uint8Array][] = [
  ['text', TEXT, 'Hello'],
  ['empty text', TEXT, ''],
  ['binary', BINARY, 'Hello'],
  ['empty binary', BINARY, ''],
  ['Ping', PING, 'Hello'],
  ['empty Ping', PING, ''],
  ['Pong', PONG, 'Hello'],
  ['empty Pong', PONG, ''],
  ['Close', CLOSE, closeBody(1000)],
  ['empty Close', CLOSE, ''],
]

const FIRST = frame(TEXT, 'Hel', { fin: false })

const BITS = [1, 2, 3, 4, 5, 6, 7]

/** RSV1 belongs to permessage-deflate where that is in use: these connections do without. */
const offer = null

/** RSV1 is the highest of the three. */
function nameOf(rsv: number): string {
  return [1, 2, 3].filter((bit) => (rsv & (8 >> bit)) !== 0).map((bit) => `RSV${bit}`).join('+')
}

function bits(): Case[] {
  return BITS.flatMap((rsv) => [
    ...KINDS.map(([name, opcode, payload]) =>
      fails(['5.2', `${nameOf(rsv)} on ${name}`], { bytes: frame(opcode, payload, { rsv }), offer }, 1002)),
    fails(['5.2', `${nameOf(rsv)} on a last fragment`], { bytes: [FIRST, frame(CONTINUATION, 'lo', { rsv })], offer }, 1002),
    fails(['5.2', `${nameOf(rsv)} on a middle fragment`], { bytes: [FIRST, frame(CONTINUATION, 'lo', { rsv, fin: false })], offer }, 1002),
    fails(['5.2', `${nameOf(rsv)} on a first fragment`], { bytes: frame(TEXT, 'Hel', { fin: false, rsv }), offer }, 1002),
    fails(['5.2', `${nameOf(rsv)} on a Ping between fragments`], { bytes: [FIRST, frame(PING, '', { rsv })], offer }, 1002),
    fails(
      ['5.2', `${nameOf(rsv)} on text, before its payload comes`],
      { bytes: frame(TEXT, '', { rsv, declaredLength: 70_000 }), offer },
      1002,
    ),
    fails(['5.2', `${nameOf(rsv)} on text in pieces of 1`], { bytes: frame(TEXT, 'Hello', { rsv }), pieces: 1, offer }, 1002),
    later(rsv),
  ])
}

function later(rsv: number): Case {
  return conversation(['5.2', `${nameOf(rsv)} on the second message`], async (peer) => {
    peer.write(frame(TEXT, 'first'))
    await peer.expect(text('first'))
    peer.write(frame(TEXT, 'second', { rsv }))
    await failed(peer, 1002)
  }, { offer })
}

/** Behind a good frame in the same segment: that one is still answered. */
function behindGood(): Case[] {
  return BITS.map((rsv) => conversation(['5.2', `${nameOf(rsv)} right behind a message`], async (peer) => {
    peer.write(Buffer.concat([frame(TEXT, 'good'), frame(TEXT, 'bad', { rsv }), frame(TEXT, 'never')]))
    await peer.expect(text('good'))
    await failed(peer, 1002)
  }, { offer }))
}

export const reservedBits: Theme = { name: 'Reserved bits', rfc: 6455, cases: [...bits(), ...behindGood()] }

const RESERVED = [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf]

function opcodes(): Case[] {
  return RESERVED.flatMap((opcode) => {
    const name = `opcode 0x${opcode.toString(16)}`
    return [
      fails(['5.2', name], { bytes: frame(opcode) }, 1002),
      fails(['5.2', `${name} with a payload`], { bytes: frame(opcode, 'Hello') }, 1002),
      fails(['5.2', `${name} with 126 bytes`], { bytes: frame(opcode, 'x'.repeat(126)) }, 1002),
      fails(['5.2', `${name} in pieces of 1`], { bytes: frame(opcode, 'Hello'), pieces: 1 }, 1002),
      fails(['5.2', `${name} without FIN`], { bytes: frame(opcode, 'Hello', { fin: false }) }, 1002),
      fails(['5.2', `${name} between fragments`], { bytes: [FIRST, frame(opcode, '')] }, 1002),
      fails(['5.2', `${name}, before its payload comes`], { bytes: frame(opcode, '', { declaredLength: 100 }) }, 1002),
      fails(['5.2', `${name} with RSV1`], { bytes: frame(opcode, 'Hello', { rsv: 4 }) }, 1002),
      conversation(['5.2', `${name} behind a message`], async (peer) => {
        peer.write(frame(TEXT, 'first'))
        await peer.expect(text('first'))
        peer.write(frame(opcode, 'second'))
        await failed(peer, 1002)
      }),
      conversation(['5.2', `${name} and a message behind it`], async (peer) => {
        peer.write(Buffer.concat([frame(TEXT, 'good'), frame(opcode, 'bad'), frame(TEXT, 'never')]))
        await peer.expect(text('good'))
        await failed(peer, 1002)
      }),
    ]
  })
}

export const reservedOpcodes: Theme = { name: 'Reserved opcodes', rfc: 6455, cases: opcodes() }
