// Ping and Pong (RFC 6455 §5.5.2, §5.5.3), and the rules of all control frames (§5.5).
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation, fails, staysOpen } from '../case.js'
import { BINARY, PING, PONG, TEXT, frame } from '../wire/frame.js'
import { Mismatch } from '../wire/peer.js'
import { pong, text } from '../wire/seen.js'

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
    answers(['5.5.3', 'unsolicited Pong, then Ping'], { bytes: [frame(PONG, 'no'), frame(PING, 'yes')] }, [pong('yes')]),
  ]
}

/** RFC 6455 §5.5.3: earlier Pings MAY stay without an answer of their own, the newest may not. */
function inARow(): Case[] {
  return [2, 10, 200].map((count) => conversation(['5.5.3', `${count} Pings in a row`], async (peer) => {
    const expected = Array.from({ length: count }, (_, index) => pong(`ping ${index}`))
    peer.write(Buffer.concat(expected.map((_, index) => frame(PING, `ping ${index}`))))
    for (let at = -1; at < count - 1;) {
      const seen = await peer.next()
      const place = expected.indexOf(seen)
      if (place <= at) throw new Mismatch(`expected a Pong for a later Ping than ${at}, got ${seen}`)
      at = place
    }
    await staysOpen(peer)
  }))
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
function withinFrames(): Case {
  return conversation(['5.5.2', 'Ping before a message that never ends'], async (peer) => {
    peer.write(Buffer.concat([frame(PING, 'now'), frame(BINARY, 'never', { declaredLength: 1000 })]))
    await peer.expect(pong('now'))
  })
}

export const pings: Theme = {
  name: 'Pings and Pongs',
  cases: [...answered(), ...unsolicited(), ...inARow(), betweenMessages(), withinFrames(), ...broken()],
}
