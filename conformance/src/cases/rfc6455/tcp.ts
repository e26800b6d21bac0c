// However TCP cuts the bytes, and what happens when it ends (RFC 6455 §5.2, §6.2, §7.1): frames know no segments.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation, fails, receives, staysOpen } from '../../case.js'
import { letters, pattern } from '../../payloads.js'
import { BINARY, CLOSE, CONTINUATION, PING, TEXT, closeBody, fragments, frame, slices } from '../../wire/frame.js'
import { Mismatch, type Peer } from '../../wire/peer.js'
import { END, binary, close, pong, text } from '../../wire/seen.js'

const SMALL = [0, 1, 2, 4, 5, 124, 125, 126, 127, 300]
const LARGE = [65_535, 65_536, 65_537, 1_048_576]

function pieces(): Case[] {
  const small = SMALL.flatMap((size) => [1, 2, 3].map((piece): [number, number] => [size, piece]))
  const large = LARGE.flatMap((size) => [1_009, 4_096, 65_536].map((piece): [number, number] => [size, piece]))
  return [...small, ...large, [4_096, 1] as [number, number]].map(([size, piece]) => {
    const payload = pattern(size)
    return answers(
      ['5.2', `binary of ${size} bytes in pieces of ${piece}`],
      { bytes: frame(BINARY, payload), pieces: piece },
      [binary(payload)],
    )
  })
}

/** A header of each form, cut at every place. */
function headers(): Case[] {
  return [5, 125, 126, 65_535, 65_536].map((size) => conversation([
    '5.2',
    `the header of ${size} bytes, cut at every place`,
  ], async (peer) => {
    const bytes = frame(TEXT, letters(size))
    for (let at = 1; at <= 15 && at < bytes.length; at++) {
      peer.write(bytes.subarray(0, at))
      await turn()
      peer.write(bytes.subarray(at))
      await peer.expect(text(letters(size)))
    }
    await staysOpen(peer)
  }))
}

function turn(): Promise<void> {
  return new Promise((resolve) => { setImmediate(resolve) })
}

function several(): Case[] {
  const bytes = [frame(TEXT, 'one'), frame(BINARY, 'two'), frame(TEXT, 'three'), ...fragments(TEXT, ['fo', 'u', 'r'])]
  const seen = [text('one'), binary('two'), text('three'), text('four')]
  return [
    ...[1, 2, 3, 5, 7, 11].map((size) => answers(['5.2', `four messages in pieces of ${size}`], { bytes, pieces: size }, seen)),
    conversation(['5.2', 'four messages in two segments, cut at every place'], async (peer) => {
      const whole = Buffer.concat(bytes)
      for (let at = 1; at < whole.length; at++) {
        peer.write(whole.subarray(0, at))
        await turn()
        peer.write(whole.subarray(at))
        await peer.expect(...seen)
      }
    }),
    answers(['5.2', 'the end of a message and the beginning of the next in one piece'], {
      bytes: [frame(TEXT, letters(70)), frame(TEXT, letters(70))],
      pieces: 50,
    },
      [text(letters(70)), text(letters(70))]),
    fails(['5.2', 'a broken frame behind a message, in pieces of 1'], { bytes: [frame(PING, '', { rsv: 1 })], pieces: 1 }, 1002),
  ]
}

/** RFC 6455 §6.2: a message that has come in full has been received, though FIN is right behind it. */
function endBehindMessages(): Case[] {
  const answeredThenEnds = (
    name: string,
    frames: readonly Buffer[],
    seen: readonly string[],
  ): Case => conversation(['6.2', name], async (peer) => {
    peer.write(Buffer.concat(frames))
    peer.end()
    await receives(peer, seen)
    await endsTcp(peer)
  })
  const many = Array.from({ length: 1_000 }, (_, at) => `message ${at}`)
  const large = letters(262_144)
  return [
    answeredThenEnds('FIN right behind a message', [frame(TEXT, 'last')], [text('last')]),
    conversation(['6.2', 'FIN right behind a Ping'], async (peer) => {
      peer.write(frame(PING, 'last'))
      peer.end()
      await peer.expect(pong('last'))
      await endsTcp(peer)
    }),
    answeredThenEnds('FIN right behind a fragmented message', fragments(TEXT, ['la', '', 'st']), [text('last')]),
    answeredThenEnds(
      'FIN right behind 1000 messages in one segment',
      many.map((each) => frame(TEXT, each)),
      many.map((each) => text(each)),
    ),
    answeredThenEnds('FIN right behind 256 KiB', [frame(TEXT, large)], [text(large)]),
    answeredThenEnds(
      'FIN right behind a message and half a frame',
      [frame(TEXT, 'whole'), frame(TEXT, 'half', { declaredLength: 100 })],
      [text('whole')],
    ),
    answeredThenEnds(
      'FIN right behind a message and an unfinished one',
      [frame(TEXT, 'whole'), frame(TEXT, 'first', { fin: false })],
      [text('whole')],
    ),
    conversation(['7.1.1', 'FIN right behind Close'], async (peer) => {
      peer.write(frame(CLOSE, closeBody(1000)))
      peer.end()
      await peer.expect(close(1000), END)
    }),
    conversation(['5.5.1', '1000 messages and Close in one segment, then FIN'], async (peer) => {
      peer.write(Buffer.concat([...many.map((each) => frame(TEXT, each)), frame(CLOSE, closeBody(1000))]))
      peer.end()
      await receives(peer, many.map((each) => text(each)))
      await peer.expect(close(1000), END)
    }),
  ]
}

function ends(): Case[] {
  const within: [name: string, bytes: Buffer][] = [
    ['without Close', Buffer.alloc(0)],
    ['within a frame', frame(TEXT, 'half', { declaredLength: 100 })],
    ['within a header', frame(BINARY, letters(200)).subarray(0, 3)],
    ['behind the first byte of a frame', frame(TEXT, 'half').subarray(0, 1)],
    ['within the masking key', frame(TEXT, 'half').subarray(0, 4)],
    ['within a Close frame', frame(CLOSE, closeBody(1000, 'why')).subarray(0, 8)],
    ['within a fragmented message', frame(TEXT, 'first', { fin: false })],
    ['between two fragments of many', Buffer.concat([frame(TEXT, 'first', { fin: false }), frame(CONTINUATION, 'next', { fin: false })])],
    ['within a character', frame(TEXT, Buffer.from('f09f', 'hex'), { fin: false })],
  ]
  return within.map(([name, bytes]) => conversation(['7.1.5', `TCP ended ${name}`], async (peer) => {
    if (bytes.length > 0) peer.write(bytes)
    peer.end()
    await endsTcp(peer)
  }))
}

/** With or without a Close frame: the RFC leaves that open where the peer has gone. */
async function endsTcp(peer: Peer): Promise<void> {
  const first = await peer.next()
  const last = first.startsWith('close') ? await peer.next() : first
  if (last !== END) throw new Mismatch(`expected the end of TCP, got ${last}`)
}

/** One byte at a time, as slow clients and hostile ones do. */
function trickle(): Case {
  return conversation(['5.2', 'a conversation in pieces of 1'], async (peer) => {
    for (const piece of slices(Buffer.concat([frame(TEXT, 'κόσμε'), frame(PING, 'p'), ...fragments(BINARY, ['a', 'b'])]), 1)) {
      peer.write(piece)
      await turn()
    }
    await peer.expect(text('κόσμε'), pong('p'), binary('ab'))
    await peer.writeInPieces(frame(CLOSE, closeBody(1000)), 1)
    await peer.expect(close(1000), END)
  })
}

export const tcp: Theme = {
  name: 'Segments and the end of TCP',
  rfc: 6455,
  cases: [...pieces(), ...headers(), ...several(), trickle(), ...endBehindMessages(), ...ends()],
}
