// Reserved bits and reserved opcodes (RFC 6455 §5.2): without an extension that defines them, each one fails the connection.
import { type Case, type Theme, conversation, fails } from '../case.js'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, closeBody, frame } from '../wire/frame.js'
import { END, close, text } from '../wire/seen.js'

const KINDS: [name: string, opcode: number, payload: string | Uint8Array][] = [
  ['text', TEXT, 'Hello'],
  ['empty text', TEXT, ''],
  ['binary', BINARY, 'Hello'],
  ['Ping', PING, 'Hello'],
  ['Pong', PONG, 'Hello'],
  ['Close', CLOSE, closeBody(1000)],
]

const FIRST = frame(TEXT, 'Hel', { fin: false })

const BITS = [1, 2, 3, 4, 5, 6, 7]

/** RSV1 is the highest of the three. */
function nameOf(rsv: number): string {
  return [1, 2, 3].filter((bit) => (rsv & (8 >> bit)) !== 0).map((bit) => `RSV${bit}`).join('+')
}

function bits(): Case[] {
  return BITS.flatMap((rsv) => [
    ...KINDS.map(([name, opcode, payload]) =>
      fails(['5.2', `${nameOf(rsv)} on ${name}`], { bytes: frame(opcode, payload, { rsv }) }, 1002)),
    fails(['5.2', `${nameOf(rsv)} on a continuation`], { bytes: [FIRST, frame(CONTINUATION, 'lo', { rsv })] }, 1002),
    fails(['5.2', `${nameOf(rsv)} on a first fragment`], { bytes: frame(TEXT, 'Hel', { fin: false, rsv }) }, 1002),
  ])
}

function bitsLater(): Case[] {
  return BITS.map((rsv) => conversation(['5.2', `${nameOf(rsv)} on the second message`], async (peer) => {
    peer.write(frame(TEXT, 'first'))
    await peer.expect(text('first'))
    peer.write(frame(TEXT, 'second', { rsv }))
    await peer.expect(close(1002), END)
  }))
}

export const reservedBits: Theme = { name: 'Reserved bits', cases: [...bits(), ...bitsLater()] }

const RESERVED = [0x3, 0x4, 0x5, 0x6, 0x7, 0xb, 0xc, 0xd, 0xe, 0xf]

function opcodes(): Case[] {
  return RESERVED.flatMap((opcode) => {
    const name = `opcode 0x${opcode.toString(16)}`
    return [
      fails(['5.2', name], { bytes: frame(opcode) }, 1002),
      fails(['5.2', `${name} with a payload`], { bytes: frame(opcode, 'Hello') }, 1002),
      fails(['5.2', `${name} in pieces of 1`], { bytes: frame(opcode, 'Hello'), pieces: 1 }, 1002),
      fails(['5.2', `${name} without FIN`], { bytes: frame(opcode, 'Hello', { fin: false }) }, 1002),
      fails(['5.2', `${name} between fragments`], { bytes: [FIRST, frame(opcode, '')] }, 1002),
    ]
  })
}

function opcodesLater(): Case[] {
  return RESERVED.map((opcode) => conversation(['5.2', `opcode 0x${opcode.toString(16)} behind a message`], async (peer) => {
    peer.write(frame(TEXT, 'first'))
    await peer.expect(text('first'))
    peer.write(frame(opcode, 'second'))
    await peer.expect(close(1002), END)
  }))
}

export const reservedOpcodes: Theme = { name: 'Reserved opcodes', cases: [...opcodes(), ...opcodesLater()] }
