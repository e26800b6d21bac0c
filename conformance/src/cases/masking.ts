// Masking (RFC 6455 §5.1, §5.3): any key, any length, and no frame without.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation, fails, staysOpen } from '../case.js'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, closeBody, fragments, frame } from '../wire/frame.js'
import { binary, text } from '../wire/seen.js'

const KEYS = ['00000000', 'ffffffff', '00000001', '01000000', '80808080', '7f7f7f7f', '37fa213d']

function keys(): Case[] {
  return KEYS.map((key) => conversation(['5.3', `key ${key}, lengths 0 to 40`], async (peer) => {
    for (let size = 0; size <= 40; size++) {
      const payload = Buffer.from('The quick brown fox jumps over the lazy dog').subarray(0, size)
      peer.write(frame(BINARY, payload, { mask: Buffer.from(key, 'hex') }))
      await peer.expect(binary(payload))
    }
  }))
}

/** Cut at every place, so that the key's turn has to survive the cut. */
function cutAnywhere(): Case {
  return conversation(['5.3', 'a payload cut at every place'], async (peer) => {
    const bytes = frame(TEXT, 'cut anywhere')
    for (let size = 1; size < bytes.length; size++) {
      await peer.writeInPieces(bytes, size)
      await peer.expect(text('cut anywhere'))
    }
    await staysOpen(peer)
  })
}

function keyPerFrame(): Case {
  const [first, last] = ['each frame ', 'has its own key']
  const masks = [Buffer.from('01020304', 'hex'), Buffer.from('fefdfcfb', 'hex')]
  const bytes = [frame(TEXT, first, { fin: false, mask: masks[0] }), frame(CONTINUATION, last, { mask: masks[1] })]
  return answers(['5.3', 'fragments with different keys'], { bytes }, [text(first + last)])
}

/** RFC 6455 §5.1: the server MUST close the connection upon a frame that is not masked. */
function unmasked(): Case[] {
  const mask = undefined
  const frames: [name: string, bytes: Buffer][] = [
    ['text', frame(TEXT, 'Hello', { mask })],
    ['empty text', frame(TEXT, '', { mask })],
    ['binary', frame(BINARY, 'Hello', { mask })],
    ['binary of 126 bytes', frame(BINARY, Buffer.alloc(126), { mask })],
    ['binary of 65536 bytes', frame(BINARY, Buffer.alloc(65_536), { mask })],
    ['first fragment', frame(TEXT, 'Hello', { mask, fin: false })],
    ['Ping', frame(PING, 'Hello', { mask })],
    ['empty Ping', frame(PING, '', { mask })],
    ['Pong', frame(PONG, '', { mask })],
    ['Close', frame(CLOSE, closeBody(1000), { mask })],
    ['empty Close', frame(CLOSE, '', { mask })],
  ]
  const later = [fragments(TEXT, ['Hel', 'lo'])[0]!, frame(CONTINUATION, 'lo', { mask })]
  return [
    ...frames.map(([name, bytes]) => fails(['5.1', `unmasked ${name}`], { bytes }, 1002)),
    fails(['5.1', 'unmasked continuation of a masked fragment'], { bytes: later }, 1002),
    conversation(['5.1', 'unmasked text behind a masked one'], async (peer) => {
      peer.write(frame(TEXT, 'masked'))
      await peer.expect(text('masked'))
      peer.write(frame(TEXT, 'unmasked', { mask }))
      await peer.expect('close 1002', 'end')
    }),
  ]
}

export const masking: Theme = { name: 'Masking', cases: [...keys(), cutAnywhere(), keyPerFrame(), ...unmasked()] }
