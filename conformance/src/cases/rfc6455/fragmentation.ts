// Fragments (RFC 6455 §5.4): in sequence, of any size, with control frames between them.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation, failed, fails, staysOpen } from '../../case.js'
import { pattern } from '../../payloads.js'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, closeBody, fragments, frame, slices } from '../../wire/frame.js'
import { END, binary, close, pong, text } from '../../wire/seen.js'

const SPLITS: [name: string, parts: string[]][] = [
  ['two fragments', ['Hel', 'lo']],
  ['three fragments', ['He', 'l', 'lo']],
  ['an empty first fragment', ['', 'Hello']],
  ['an empty middle fragment', ['Hel', '', 'lo']],
  ['an empty last fragment', ['Hello', '']],
  ['empty fragments only', ['', '', '']],
  ['two empty fragments', ['', '']],
  ['empty fragments all over', ['', '', 'He', '', '', 'llo', '', '']],
  ['100 empty fragments', new Array<string>(100).fill('')],
  ['fragments of 1 byte', [...'Hello, fragmented world']],
  ['fragments of all three length forms', ['a'.repeat(125), 'b'.repeat(126), 'c'.repeat(65_535), 'd'.repeat(65_536), 'e']],
]

function sequences(): Case[] {
  return SPLITS.flatMap(([name, parts]) => [
    answers(['5.4', `text in ${name}`], { bytes: fragments(TEXT, parts) }, [text(parts.join(''))]),
    answers(['5.4', `binary in ${name}`], { bytes: fragments(BINARY, parts) }, [binary(parts.join(''))]),
    answers(
      ['5.4', `text in ${name}, in small pieces`],
      { bytes: fragments(TEXT, parts), pieces: parts.join('').length > 100 ? 4_099 : 1 },
      [text(parts.join(''))],
    ),
  ])
}

function sizes(): Case[] {
  const whole = pattern(65_536)
  return [1, 64, 125, 126, 127, 1_000, 4_096, 65_535].map((size) =>
    answers(['5.4', `65536 bytes in fragments of ${size}`], { bytes: fragments(BINARY, slices(whole, size)) }, [binary(whole)]))
}

/** RFC 6455 §5.4: control frames MAY be injected in the middle; a Ping's answer does not wait for the message's end. */
function controlBetween(): Case[] {
  const [first, last] = fragments(TEXT, ['Hel', 'lo']) as [Buffer, Buffer]
  return [
    conversation(['5.4', 'Ping between fragments is answered before the last one comes'], async (peer) => {
      peer.write(Buffer.concat([first, frame(PING, 'between')]))
      await peer.expect(pong('between'))
      peer.write(last)
      await peer.expect(text('Hello'))
    }),
    conversation(['5.4', 'Ping after every fragment'], async (peer) => {
      for (const [index, fragment] of fragments(TEXT, [...'every fragment', '']).slice(0, -1).entries()) {
        peer.write(Buffer.concat([fragment, frame(PING, `ping ${index}`)]))
        await peer.expect(pong(`ping ${index}`))
      }
      peer.write(frame(CONTINUATION))
      await peer.expect(text('every fragment'))
    }),
    conversation(['5.4', 'Ping between fragments, all in pieces of 1'], async (peer) => {
      await peer.writeInPieces(Buffer.concat([first, frame(PING, 'between'), last]), 1)
      await peer.expect(pong('between'), text('Hello'))
    }),
    conversation(['5.4', 'Ping of 125 bytes between empty fragments'], async (peer) => {
      peer.write(Buffer.concat([frame(BINARY, '', { fin: false }), frame(PING, 'p'.repeat(125)), frame(CONTINUATION, '', { fin: false })]))
      await peer.expect(pong('p'.repeat(125)))
      peer.write(frame(CONTINUATION))
      await peer.expect(binary(''))
    }),
    answers(['5.4', 'Pong between fragments'], { bytes: [first, frame(PONG, 'between'), last] }, [text('Hello')]),
    answers(
      ['5.4', '20 Pongs between fragments'],
      { bytes: [first, ...new Array<Buffer>(20).fill(frame(PONG, 'between')), last] },
      [text('Hello')],
    ),
    conversation(['5.5.1', 'Close between fragments'], async (peer) => {
      peer.write(Buffer.concat([first, frame(CLOSE, closeBody(1000)), last]))
      await peer.expect(close(1000), END)
    }),
    conversation(['5.4', 'a broken Ping between fragments'], async (peer) => {
      peer.write(Buffer.concat([first, frame(PING, 'broken', { fin: false }), last]))
      await failed(peer, 1002)
    }),
  ]
}

function outOfSequence(): Case[] {
  const first = frame(TEXT, 'Hel', { fin: false })
  const wrong: [name: string, bytes: Buffer[]][] = [
    ['a continuation without a beginning', [frame(CONTINUATION, 'lo')]],
    ['an empty continuation without a beginning', [frame(CONTINUATION)]],
    ['a continuation without a beginning and without FIN', [frame(CONTINUATION, 'lo', { fin: false })]],
    ['a continuation without a beginning, behind a Ping', [frame(PONG), frame(CONTINUATION, 'lo')]],
    ['text within a fragmented message', [first, frame(TEXT, 'lo')]],
    ['empty text within a fragmented message', [first, frame(TEXT, '')]],
    ['binary within a fragmented message', [first, frame(BINARY, 'lo')]],
    ['text within a fragmented binary message', [frame(BINARY, 'Hel', { fin: false }), frame(TEXT, 'lo')]],
    [
      'text within a message of empty fragments',
      [frame(TEXT, '', { fin: false }), frame(CONTINUATION, '', { fin: false }), frame(TEXT, '')],
    ],
    ['a first fragment within a fragmented message', [first, frame(TEXT, 'lo', { fin: false })]],
    ['text within a fragmented message, behind a Pong', [first, frame(PONG), frame(TEXT, 'lo')]],
    ['text within a fragmented message, before its payload comes', [first, frame(TEXT, '', { declaredLength: 100 })]],
    ['a continuation without a beginning, before its payload comes', [frame(CONTINUATION, '', { declaredLength: 100 })]],
  ]
  return [
    ...wrong.map(([name, bytes]) => fails(['5.4', name], { bytes }, 1002)),
    conversation(['5.4', 'a continuation behind a complete message'], async (peer) => {
      peer.write(Buffer.concat(fragments(TEXT, ['Hel', 'lo'])))
      await peer.expect(text('Hello'))
      peer.write(frame(CONTINUATION, 'more'))
      await failed(peer, 1002)
    }),
    conversation(['5.4', 'a continuation behind a whole message'], async (peer) => {
      peer.write(Buffer.concat([frame(TEXT, 'whole'), frame(CONTINUATION, 'more')]))
      await peer.expect(text('whole'))
      await failed(peer, 1002)
    }),
  ]
}

function inARow(): Case {
  return conversation(['5.4', 'fragmented and whole messages in turn'], async (peer) => {
    for (const opcode of [TEXT, BINARY, TEXT]) {
      peer.write(Buffer.concat([...fragments(opcode, ['a', 'b', 'c']), frame(opcode, 'whole')]))
      const seen = opcode === TEXT ? text : binary
      await peer.expect(seen('abc'), seen('whole'))
    }
    await staysOpen(peer)
  })
}

export const fragmentation: Theme = {
  name: 'Fragmentation',
  rfc: 6455,
  cases: [...sequences(), ...sizes(), ...controlBetween(), inARow(), ...outOfSequence()],
}
