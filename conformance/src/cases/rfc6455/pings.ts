// Ping and Pong (RFC 6455 §5.5.2, §5.5.3), and the rules of all control frames (§5.5).
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation, failed, fails, staysOpen } from '../../case.js'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, closeBody, frame } from '../../wire/frame.js'
import { Mismatch, type Peer } from '../../wire/peer.js'
import { END, close, pong, text } from '../../wire/seen.js'

const SIZES = [0, 1, 2, 124, 125]

function answered(): Case[] {
  const payloads: [name: string, payload: string | Buffer][] = [
    ...SIZES.map((size): [string, Buffer] => [`${size} bytes`, Buffer.alloc(size, 'p')]),
    ['bytes that are not UTF-8', Buffer.from('00fffefdfcfb00ff', 'hex')],
  ]
  return payloads.flatMap(([name, payload]) => [
    answers(['5.5.2', `Ping of ${name}`], { bytes: frame(PING, payload) }, [pong(payload)]),
    answers(['5.5.2', `Ping of ${name}, in pieces of 1`], { bytes: frame(PING, payload), pieces: 1 }, [pong(payload)]),
  ])
}

function unsolicited(): Case[] {
  return [
    answers(['5.5.3', 'unsolicited Pong'], { bytes: frame(PONG) }, []),
    ...SIZES.slice(1).map((size) =>
      answers(['5.5.3', `unsolicited Pong of ${size} bytes`], { bytes: frame(PONG, Buffer.alloc(size, 'p')) }, [])),
    answers(['5.5.3', '500 unsolicited Pongs in a row'], { bytes: new Array<Buffer>(500).fill(frame(PONG, 'no')) }, []),
    answers(['5.5.3', 'unsolicited Pong that is not UTF-8'], { bytes: frame(PONG, Buffer.from('fffe', 'hex')) }, []),
    answers(['5.5.3', 'unsolicited Pong, then Ping'], { bytes: [frame(PONG, 'no'), frame(PING, 'yes')] }, [pong('yes')]),
  ]
}

/** RFC 6455 §5.5.3: earlier Pings MAY stay without an answer of their own, the newest may not. */
function inARow(): Case[] {
  const bursts: [name: string, count: number, rounds: number, fill: string][] = [
    ['2 Pings in a row', 2, 1, ''],
    ['10 Pings in a row', 10, 1, ''],
    ['32 Pings in a row', 32, 1, ''],
    ['200 Pings in a row', 200, 1, ''],
    ['10 Pings of 125 bytes in a row', 10, 1, '.'.repeat(115)],
    ['20 times 10 Pings in a row', 10, 20, ''],
  ]
  return bursts.map(([name, count, rounds, fill]) => conversation(['5.5.3', name], async (peer) => {
    for (let round = 0; round < rounds; round++) {
      const payloads = Array.from({ length: count }, (_, index) => `${100 + round} ping ${index}`.padEnd(10) + fill)
      peer.write(Buffer.concat(payloads.map((each) => frame(PING, each))))
      await newestIsAnswered(peer, payloads)
    }
    await staysOpen(peer)
  }))
}

async function newestIsAnswered(peer: Peer, payloads: readonly string[]): Promise<void> {
  const expected = payloads.map((each) => pong(each))
  for (let at = -1; at < expected.length - 1;) {
    const seen = await peer.next()
    const place = expected.indexOf(seen)
    if (place <= at) throw new Mismatch(`expected a Pong for a later Ping than ${at}, got ${seen}`)
    at = place
  }
}

function broken(): Case[] {
  return [PING, PONG].flatMap((opcode) => {
    const name = opcode === PING ? 'Ping' : 'Pong'
    return [
      ...[126, 127, 65_535, 65_536].map((size) =>
        fails(['5.5', `${name} of ${size} bytes`], { bytes: frame(opcode, Buffer.alloc(size)) }, 1002)),
      fails(['5.5', `${name} of 5 bytes with a 16-bit length`], { bytes: frame(opcode, 'Hello', { lengthBits: 16 }) }, 1002),
      fails(['5.5', `${name} of 5 bytes with a 64-bit length`], { bytes: frame(opcode, 'Hello', { lengthBits: 64 }) }, 1002),
      fails(['5.5', `${name} without FIN`], { bytes: frame(opcode, 'Hello', { fin: false }) }, 1002),
      fails(['5.5', `empty ${name} without FIN`], { bytes: frame(opcode, '', { fin: false }) }, 1002),
      fails(
        ['5.5', `${name} with an extended length, as soon as its second byte comes`],
        { bytes: Buffer.from([0x80 | opcode, 0xfe]) },
        1002,
      ),
      fails(['5.5', `${name} of 126 bytes in pieces of 1`], { bytes: frame(opcode, Buffer.alloc(126)), pieces: 1 }, 1002),
      fails(['5.5', `${name} of 126 bytes, before they come`], { bytes: frame(opcode, '', { declaredLength: 126 }) }, 1002),
      fails(['5.5', `${name} of 65536 bytes, before they come`], { bytes: frame(opcode, '', { declaredLength: 65_536 }) }, 1002),
      fails(
        ['5.5', `${name} without FIN, then a continuation`],
        { bytes: [frame(opcode, 'Hel', { fin: false }), frame(CONTINUATION, 'lo')] },
        1002,
      ),
      conversation(['5.5', `${name} of 126 bytes behind a message`], async (peer) => {
        peer.write(Buffer.concat([frame(TEXT, 'good'), frame(opcode, Buffer.alloc(126))]))
        await peer.expect(text('good'))
        await failed(peer, 1002)
      }),
    ]
  })
}

function betweenMessages(): Case {
  const bytes = [frame(TEXT, 'one'), frame(PING, 'two'), frame(TEXT, 'three')]
  return conversation(['5.5.2', 'Ping between two messages'], async (peer) => {
    for (const each of bytes) peer.write(each)
    // A Pong may overtake a message that is still being handled
    const seen = [await peer.next(), await peer.next(), await peer.next()]
    const messages = seen.filter((each) => each !== pong('two'))
    if (messages.join() !== [text('one'), text('three')].join()) throw new Mismatch(`got ${seen.join(', ')}`)
    await staysOpen(peer)
  })
}

/** RFC 6455 §5.5.2: answered as soon as is practical, so not behind a message that is not complete. */
function aroundOthers(): Case[] {
  return [
    conversation(['5.5.2', 'Ping before a message that never ends'], async (peer) => {
      peer.write(Buffer.concat([frame(PING, 'now'), frame(BINARY, 'never', { declaredLength: 1000 })]))
      await peer.expect(pong('now'))
    }),
    conversation(['5.5.2', 'Ping, then Close in the same segment'], async (peer) => {
      peer.write(Buffer.concat([frame(PING, 'last'), frame(CLOSE, closeBody(1000))]))
      // Unless it already received a Close frame
      await peer.expect([pong('last'), close(1000)])
      const next = await peer.next()
      if (next !== END && next !== close(1000)) throw new Mismatch(`expected Close or the end of TCP, got ${next}`)
    }),
    conversation(['5.5.2', 'the first frame is a Ping'], async (peer) => {
      peer.write(frame(PING, 'first'))
      await peer.expect(pong('first'))
    }),
    answers(
      ['5.5.2', 'Ping with UTF-8 cut in a character'],
      { bytes: frame(PING, Buffer.from('f09f98', 'hex')) },
      [pong(Buffer.from('f09f98', 'hex'))],
    ),
  ]
}

/** Each length, each with its answer. */
function everyLength(): Case {
  return conversation(['5.5', 'Pings of 0 to 125 bytes'], async (peer) => {
    for (let size = 0; size <= 125; size++) {
      peer.write(frame(PING, Buffer.alloc(size, size)))
      await peer.expect(pong(Buffer.alloc(size, size)))
    }
  })
}

export const pings: Theme = {
  name: 'Pings and Pongs',
  rfc: 6455,
  cases: [...answered(), everyLength(), ...unsolicited(), ...inARow(), betweenMessages(), ...aroundOthers(), ...broken()],
}
