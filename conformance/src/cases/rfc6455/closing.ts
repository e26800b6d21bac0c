// The closing handshake (RFC 6455 §5.5.1, §7): every class of codes, every length of the body, and what happens around it.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, closes, closesCleanly, conversation, fails } from '../../case.js'
import { letters } from '../../payloads.js'
import { CLOSE, CONTINUATION, PING, TEXT, closeBody, frame } from '../../wire/frame.js'
import { END, close, text } from '../../wire/seen.js'

/** RFC 6455 §7.4.1 and the registry that §11.7 set up; §7.4.2: 3000-4999 belong to libraries and applications. */
const SENDABLE = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3001, 3999, 4000, 4001, 4998, 4999]
/** §7.4.1: 1004 is reserved; 1005, 1006 and 1015 MUST NOT be set in a Close frame. §7.4.2: the others belong to nobody. */
const NOT_SENDABLE = [
  0, 1, 255, 256, 500, 998, 999, 1004, 1005, 1006, 1015, 1016, 1017, 1099, 1100, 1999, 2000, 2500, 2998, 2999, 5000, 5001, 9999, 10_000,
  32_767, 32_768, 65_534, 65_535,
]

function codes(): Case[] {
  return [
    ...SENDABLE.map((code) => closes(['7.4', `code ${code} is echoed`], closeBody(code), close(code))),
    ...SENDABLE.map((code) => closes(['7.4', `code ${code} with a reason is echoed`], closeBody(code, 'why'), close(code))),
    ...NOT_SENDABLE.map((code) => fails(['7.4', `code ${code}`], { bytes: frame(CLOSE, closeBody(code)) }, 1002)),
    ...NOT_SENDABLE.map((code) => fails(['7.4', `code ${code} with a reason`], { bytes: frame(CLOSE, closeBody(code, 'why')) }, 1002)),
  ]
}

function bodies(): Case[] {
  const lengths = [1, 2, 3, 61, 62, 63, 121, 122, 123]
  return [
    // §5.5.1 wants an answer and §7.1.5 calls this 1005, which cannot be echoed: an empty body or 1000 says the same
    closes(['5.5.1', 'no body'], '', [close(), close(1000)]),
    fails(['5.5.1', 'a body of 1 byte'], { bytes: frame(CLOSE, Buffer.from([3])) }, 1002),
    fails(['5.5.1', 'a body of 1 byte, 00'], { bytes: frame(CLOSE, Buffer.from([0])) }, 1002),
    ...lengths.map((length) => closes(['5.5.1', `a reason of ${length} bytes`], closeBody(1000, 'r'.repeat(length)), close(1000))),
    ...[124, 125, 1_000, 65_534].map((length) =>
      fails(['5.5', `a reason of ${length} bytes`], { bytes: frame(CLOSE, closeBody(1000, 'r'.repeat(length))) }, 1002)),
    fails(['5.5', 'a body of 126 bytes, before it comes'], { bytes: frame(CLOSE, '', { declaredLength: 126 }) }, 1002),
    closes(['5.5.1', 'a reason of many bytes per character'], closeBody(1000, 'κόσμε 👋'), close(1000)),
    closes(['5.5.1', 'a reason of 123 bytes in characters of 3'], closeBody(1000, '€'.repeat(41)), close(1000)),
    closes(['5.5.1', 'a reason with U+0000'], closeBody(1000, '\0'), close(1000)),
    closes(['5.5.1', 'a reason with a noncharacter'], closeBody(1000, '\uFFFE'), close(1000)),
    ...notUtf8().map(([name, hex]) =>
      fails(['5.5.1', `a reason ${name}`], { bytes: frame(CLOSE, closeBody(1000, Buffer.from(hex, 'hex'))) }, 1007)),
    fails(
      ['5.5.1', 'a reason of 123 bytes that stops within a character'],
      { bytes: frame(CLOSE, closeBody(1000, Buffer.from(`${'61'.repeat(120)}f09f98`, 'hex'))) },
      1007,
    ),
    fails(['5.5', 'Close without FIN'], { bytes: frame(CLOSE, closeBody(1000), { fin: false }) }, 1002),
    fails(['5.5', 'empty Close without FIN'], { bytes: frame(CLOSE, '', { fin: false }) }, 1002),
    fails(['5.5', 'Close with a 16-bit length'], { bytes: frame(CLOSE, closeBody(1000), { lengthBits: 16 }) }, 1002),
    fails(['5.5', 'Close with a 64-bit length'], { bytes: frame(CLOSE, closeBody(1000), { lengthBits: 64 }) }, 1002),
    conversation(['5.5.1', 'Close in pieces of 1'], async (peer) => {
      await peer.writeInPieces(frame(CLOSE, closeBody(4321, 'piece by piece')), 1)
      await peer.expect(close(4321), END)
    }),
  ]
}

function notUtf8(): [name: string, hex: string][] {
  return [
    ['that is not UTF-8', 'ff'],
    ['that begins with a continuation byte', '8061'],
    ['with a surrogate', 'cebaeda080'],
    ['with an overlong character', '61c0af62'],
    ['above U+10FFFF', 'f4908080'],
    ['that stops within a character of 2 bytes', '61c3'],
    ['that stops within a character of 3 bytes', 'e282'],
    ['that stops within a character of 4 bytes', 'f09f98'],
  ]
}

/** RFC 6455 §1.4, §5.5.1: what comes behind a Close frame does not count. */
function behindClose(): Case[] {
  const closing = frame(CLOSE, closeBody(1000))
  const behind: [name: string, bytes: Buffer][] = [
    ['text', frame(TEXT, 'too late')],
    ['Ping', frame(PING, 'too late')],
    ['a second Close', frame(CLOSE, closeBody(1001))],
    ['a broken frame', frame(TEXT, 'too late', { rsv: 7 })],
    ['a second Close without a body', frame(CLOSE)],
    ['half a frame', frame(TEXT, 'half', { declaredLength: 100 })],
    ['garbage', Buffer.alloc(1000, 0xff)],
    ['64 KiB of garbage', Buffer.alloc(65_536, 0xff)],
  ]
  return behind.map(([name, bytes]) => conversation(['5.5.1', `${name} behind Close is ignored`], async (peer) => {
    peer.write(Buffer.concat([closing, bytes]))
    await peer.expect(close(1000), END)
  }))
}

/** RFC 6455 §7.1.7: once it has failed, the server MUST NOT go on processing data. */
function behindFailure(): Case[] {
  const behind: [name: string, bytes: Buffer][] = [
    ['text', frame(TEXT, 'too late')],
    ['Ping', frame(PING, 'too late')],
    ['Close', frame(CLOSE, closeBody(1000))],
    ['another broken frame', frame(TEXT, Buffer.from([0xff]))],
    ['64 KiB of garbage', Buffer.alloc(65_536, 0xff)],
  ]
  return behind.map(([name, bytes]) =>
    fails(['7.1.7', `${name} behind a broken frame is ignored`], { bytes: [frame(TEXT, '', { rsv: 1 }), bytes] }, 1002))
}

function around(): Case[] {
  return [
    conversation(['7.1.2', 'Close behind an echo'], async (peer) => {
      peer.write(frame(TEXT, 'last words'))
      await peer.expect(text('last words'))
      await closesCleanly(peer)
    }),
    conversation(['5.5.1', 'Close right behind a message'], async (peer) => {
      peer.write(Buffer.concat([frame(TEXT, 'last words'), frame(CLOSE, closeBody(1000))]))
      await peer.expect(text('last words'), close(1000), END)
    }),
    conversation(['5.5.1', 'Close right behind 1 MiB'], async (peer) => {
      peer.write(Buffer.concat([frame(TEXT, letters(1_048_576)), frame(CLOSE, closeBody(1000))]))
      await peer.expect(text(letters(1_048_576)), close(1000), END)
    }),
    conversation(['5.5.1', 'Close within a fragmented message'], async (peer) => {
      peer.write(Buffer.concat([frame(TEXT, 'never', { fin: false }), frame(CONTINUATION, ' ended', { fin: false })]))
      await closesCleanly(peer)
    }),
    conversation(['5.5.1', 'Close within a fragmented message that stops within a character'], async (peer) => {
      peer.write(frame(TEXT, Buffer.from('f09f', 'hex'), { fin: false }))
      await closesCleanly(peer)
    }),
    conversation(['5.5.1', 'Close as the first frame'], closesCleanly),
    conversation(['5.5.1', 'Close twice, apart'], async (peer) => {
      await closesCleanly(peer)
      peer.write(frame(CLOSE, closeBody(1001)))
    }),
  ]
}

export const closing: Theme = {
  name: 'Closing handshake',
  rfc: 6455,
  cases: [...codes(), ...bodies(), ...behindClose(), ...behindFailure(), ...around()],
}
