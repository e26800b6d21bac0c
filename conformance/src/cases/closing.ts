// The closing handshake (RFC 6455 §5.5.1, §7): every class of codes, every length of the body, and what happens around it.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, closes, closesCleanly, conversation, fails } from '../case.js'
import { CLOSE, CONTINUATION, PING, TEXT, closeBody, frame } from '../wire/frame.js'
import { Mismatch, type Peer } from '../wire/peer.js'
import { END, close, text } from '../wire/seen.js'

/** RFC 6455 §7.4.1 and the registry that §11.7 set up; §7.4.2: 3000-4999 belong to libraries and applications. */
const SENDABLE = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
/** §7.4.1: 1004 is reserved; 1005, 1006 and 1015 MUST NOT be set in a Close frame. §7.4.2: the others belong to nobody. */
const NOT_SENDABLE = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 32_768, 65_535]

function codes(): Case[] {
  return [
    ...SENDABLE.map((code) => closes(['7.4', `code ${code} is echoed`], closeBody(code), close(code))),
    ...NOT_SENDABLE.map((code) => fails(['7.4', `code ${code}`], { bytes: frame(CLOSE, closeBody(code)) }, 1002)),
    ...NOT_SENDABLE.map((code) => fails(['7.4', `code ${code} with a reason`], { bytes: frame(CLOSE, closeBody(code, 'why')) }, 1002)),
  ]
}

function bodies(): Case[] {
  const cut = Buffer.from('f09f98', 'hex')
  return [
    // §5.5.1 wants an answer and §7.1.5 calls this 1005, which cannot be echoed: an empty body or 1000 says the same
    closes(['5.5.1', 'no body'], '', [close(), close(1000)]),
    fails(['5.5.1', 'a body of 1 byte'], { bytes: frame(CLOSE, Buffer.from([3])) }, 1002),
    closes(['5.5.1', 'a reason of 1 byte'], closeBody(1000, '!'), close(1000)),
    closes(['5.5', 'a reason of 123 bytes'], closeBody(1000, 'r'.repeat(123)), close(1000)),
    fails(['5.5', 'a reason of 124 bytes'], { bytes: frame(CLOSE, closeBody(1000, 'r'.repeat(124))) }, 1002),
    closes(['5.5.1', 'a reason of many bytes per character'], closeBody(1000, 'κόσμε 👋'), close(1000)),
    closes(['5.5.1', 'a reason with U+0000'], closeBody(1000, '\0'), close(1000)),
    fails(['5.5.1', 'a reason that is not UTF-8'], { bytes: frame(CLOSE, closeBody(1000, Buffer.from('ff', 'hex'))) }, 1007),
    fails(['5.5.1', 'a reason with a surrogate'], { bytes: frame(CLOSE, closeBody(1000, Buffer.from('cebaeda080', 'hex'))) }, 1007),
    fails(['5.5.1', 'a reason that stops within a character'], { bytes: frame(CLOSE, closeBody(1000, cut)) }, 1007),
    fails(['5.5', 'Close without FIN'], { bytes: frame(CLOSE, closeBody(1000), { fin: false }) }, 1002),
    fails(['5.5', 'Close with a 16-bit length'], { bytes: frame(CLOSE, closeBody(1000), { lengthBits: 16 }) }, 1002),
    conversation(['5.5.1', 'Close in pieces of 1'], async (peer) => {
      await peer.writeInPieces(frame(CLOSE, closeBody(4321, 'piece by piece')), 1)
      await peer.expect(close(4321), END)
    }),
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
    ['garbage', Buffer.alloc(1000, 0xff)],
  ]
  return behind.map(([name, bytes]) => conversation(['5.5.1', `${name} behind Close is ignored`], async (peer) => {
    peer.write(Buffer.concat([closing, bytes]))
    await peer.expect(close(1000), END)
  }))
}

/** RFC 6455 §7.1.7: once it has failed, the server MUST NOT go on processing data. */
function behindFailure(): Case[] {
  const behind: [name: string, bytes: Buffer][] = [['text', frame(TEXT, 'too late')], ['Ping', frame(PING, 'too late')]]
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
    conversation(['5.5.1', 'Close within a fragmented message'], async (peer) => {
      peer.write(Buffer.concat([frame(TEXT, 'never', { fin: false }), frame(CONTINUATION, ' ended', { fin: false })]))
      await closesCleanly(peer)
    }),
    conversation(['7.1.5', 'TCP ended without Close'], async (peer) => {
      peer.end()
      await endsTcp(peer)
    }),
    conversation(['7.1.5', 'TCP ended within a frame'], async (peer) => {
      peer.write(frame(TEXT, 'half', { declaredLength: 100 }))
      peer.end()
      await endsTcp(peer)
    }),
  ]
}

/** With or without a Close frame: the RFC leaves that open where the peer has gone. */
async function endsTcp(peer: Peer): Promise<void> {
  const first = await peer.next()
  const last = first.startsWith('close') ? await peer.next() : first
  if (last !== END) throw new Mismatch(`expected the end of TCP, got ${last}`)
}

export const closing: Theme = {
  name: 'Closing handshake',
  cases: [...codes(), ...bodies(), ...behindClose(), ...behindFailure(), ...around()],
}
