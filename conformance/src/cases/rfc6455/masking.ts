// Masking (RFC 6455 §5.1, §5.3): any key, any length, and no frame without.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation, failed, fails, only, staysOpen } from '../../case.js'
import { pattern } from '../../payloads.js'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, closeBody, fragments, frame } from '../../wire/frame.js'
import { binary, pong, text } from '../../wire/seen.js'

const KEYS = ['00000000', 'ffffffff', '00000001', '01000000', '00ff00ff', '80808080', '7f7f7f7f', '37fa213d', '0a0d0a0d']

function keys(): Case[] {
  return KEYS.map((key) => conversation(['5.3', `key ${key}, lengths 0 to 40`], async (peer) => {
    for (let size = 0; size <= 40; size++) {
      const payload = Buffer.from('The quick brown fox jumps over the lazy dog').subarray(0, size)
      peer.write(frame(BINARY, payload, { mask: Buffer.from(key, 'hex') }))
      await peer.expect(binary(payload))
    }
  }))
}

/** The key that makes all bytes the same on the wire, and every key of one byte's weight. */
function keysOfPing(): Case[] {
  return KEYS.map((key) => answers(
    ['5.3', `key ${key} on a Ping`],
    { bytes: frame(PING, 'masked', { mask: Buffer.from(key, 'hex') }) },
    [pong('masked')],
  ))
}

/** Cut at every place, so that the key's turn has to survive the cut. */
function cutAnywhere(): Case[] {
  const bytes = frame(TEXT, 'cut anywhere')
  const large = pattern(70_001)
  return [
    conversation(['5.3', 'a payload cut at every place'], async (peer) => {
      for (let size = 1; size < bytes.length; size++) {
        await peer.writeInPieces(bytes, size)
        await peer.expect(text('cut anywhere'))
      }
      await staysOpen(peer)
    }),
    ...[1_001, 1_002, 1_003, 16_385, 65_537].map((pieces) =>
      answers(['5.3', `70001 bytes in pieces of ${pieces}`], { bytes: frame(BINARY, large), pieces }, [binary(large)])),
  ]
}

function keyPerFrame(): Case[] {
  const [first, last] = ['each frame ', 'has its own key']
  const masks = [Buffer.from('01020304', 'hex'), Buffer.from('fefdfcfb', 'hex')]
  const bytes = [frame(TEXT, first, { fin: false, mask: masks[0] }), frame(CONTINUATION, last, { mask: masks[1] })]
  const messages = KEYS.map((key, index) => frame(TEXT, `message ${index}`, { mask: Buffer.from(key, 'hex') }))
  return [
    answers(['5.3', 'fragments with different keys'], { bytes }, [text(first + last)]),
    answers(
      ['5.3', 'fragments of odd lengths start the key anew'],
      { bytes: fragments(TEXT, ['a', 'bc', 'def', 'g', 'hijkl']) },
      [text('abcdefghijkl')],
    ),
    answers(['5.3', 'messages with different keys'], { bytes: messages }, KEYS.map((_, index) => text(`message ${index}`))),
  ]
}

/** RFC 6455 §5.1: a server MUST close the connection upon a frame that is not masked, and a client upon one that is. */
function unmasked(): Case[] {
  const mask = undefined
  const frames: [name: string, bytes: Buffer][] = [
    ['text', frame(TEXT, 'Hello', { mask })],
    ['empty text', frame(TEXT, '', { mask })],
    ['binary', frame(BINARY, 'Hello', { mask })],
    ['empty binary', frame(BINARY, '', { mask })],
    ['binary of 126 bytes', frame(BINARY, Buffer.alloc(126), { mask })],
    ['binary of 65536 bytes', frame(BINARY, Buffer.alloc(65_536), { mask })],
    ['first fragment', frame(TEXT, 'Hello', { mask, fin: false })],
    ['Ping', frame(PING, 'Hello', { mask })],
    ['empty Ping', frame(PING, '', { mask })],
    ['Pong', frame(PONG, '', { mask })],
    ['Close', frame(CLOSE, closeBody(1000), { mask })],
    ['empty Close', frame(CLOSE, '', { mask })],
    ['header of text, as soon as its second byte comes', Buffer.from('817e', 'hex')],
    ['header of binary, before its payload comes', frame(BINARY, '', { mask, declaredLength: 70_000 })],
  ]
  const [first] = fragments(TEXT, ['Hel', 'lo'])
  return [
    ...frames.map(([name, bytes]) => fails(['5.1', `unmasked ${name}`], { bytes }, 1002)),
    fails(['5.1', 'unmasked continuation of a masked fragment'], { bytes: [first!, frame(CONTINUATION, 'lo', { mask })] }, 1002),
    fails(['5.1', 'unmasked Ping between masked fragments'], { bytes: [first!, frame(PING, '', { mask })] }, 1002),
    conversation(['5.1', 'unmasked text behind a masked one'], async (peer) => {
      peer.write(frame(TEXT, 'masked'))
      await peer.expect(text('masked'))
      peer.write(frame(TEXT, 'unmasked', { mask }))
      await failed(peer, 1002)
    }),
  ]
}

export const masking: Theme = {
  name: 'Masking',
  rfc: 6455,
  cases: [...only('server', [...keys(), ...keysOfPing()]), ...cutAnywhere(), ...only('server', keyPerFrame()), ...unmasked()],
}
