// Text is UTF-8 (RFC 6455 §5.6, §8.1): every valid text passes, however frames and segments cut it.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation } from '../../../case.js'
import { BINARY, CONTINUATION, PING, TEXT, fragments, frame, slices } from '../../../wire/frame.js'
import { binary, pong, text } from '../../../wire/seen.js'
import { VALID, type ValidSample } from './samples.js'

/** Around each sample, so that it is neither first nor last. */
const BEFORE = Buffer.from('κό ', 'utf8')
const AFTER = Buffer.from(' end', 'utf8')

function cases([name, hex]: ValidSample): Case[] {
  const sample = Buffer.from(hex, 'hex')
  const whole = Buffer.concat([BEFORE, sample, AFTER])
  return [
    answers(['8.1', `${name}: alone`], { bytes: frame(TEXT, sample) }, [text(sample)]),
    answers(['8.1', `${name}: in fragments of 1 byte`], { bytes: fragments(TEXT, slices(whole, 1)) }, [text(whole)]),
    answers(['8.1', `${name}: in segments of 1 byte`], { bytes: frame(TEXT, whole), pieces: 1 }, [text(whole)]),
    conversation(['8.1', `${name}: in two fragments, cut at every place`], async (peer) => {
      for (let at = 0; at <= whole.length; at++) {
        peer.write(Buffer.concat(fragments(TEXT, [whole.subarray(0, at), whole.subarray(at)])))
        await peer.expect(text(whole))
      }
    }),
    conversation(['8.1', `${name}: in two segments, cut at every place`], async (peer) => {
      const bytes = frame(TEXT, whole)
      for (let at = 1; at < bytes.length; at++) {
        await peer.writeInPieces(bytes.subarray(0, at), at)
        peer.write(bytes.subarray(at))
        await peer.expect(text(whole))
      }
    }),
  ]
}

/** A Ping's payload is not text, also in the middle of a character (RFC 6455 §5.5.2). */
function controlWithinCharacter(): Case {
  return conversation(['5.4', 'Pings of bytes that are not UTF-8 within a character'], async (peer) => {
    for (const [index, byte] of [...Buffer.from('👋')].entries()) {
      peer.write(Buffer.concat([
        frame(index === 0 ? TEXT : CONTINUATION, Buffer.from([byte]), { fin: false }),
        frame(PING, Buffer.from([0xff, index])),
      ]))
      await peer.expect(pong(Buffer.from([0xff, index])))
    }
    peer.write(frame(CONTINUATION))
    await peer.expect(text('👋'))
  })
}

function notText(): Case[] {
  const bytes = Buffer.from('fffe80ed00', 'hex')
  return [
    answers(['5.6', 'binary may hold what is not UTF-8'], { bytes: frame(BINARY, bytes) }, [binary(bytes)]),
    answers(['5.6', 'binary in fragments may as well'], { bytes: fragments(BINARY, slices(bytes, 1)) }, [binary(bytes)]),
    answers([
      '5.6',
      'text behind binary that ends within a character',
    ], { bytes: [frame(BINARY, Buffer.from('f09f', 'hex')), frame(TEXT, 'text')] },
      [binary(Buffer.from('f09f', 'hex')), text('text')]),
  ]
}

/** Long texts, so that a decoder that looks at many bytes at a time meets a character at each place of its stride. */
function strides(): Case {
  return conversation(['8.1', 'a character of 4 bytes at each of 70 places in 4 KiB of ASCII'], async (peer) => {
    for (let at = 0; at < 70; at++) {
      const whole = `${'a'.repeat(at)}👋${'b'.repeat(4_096 - at)}`
      peer.write(frame(TEXT, whole))
      await peer.expect(text(whole))
    }
  })
}

export const utf8Valid: Theme = {
  name: 'UTF-8: valid',
  rfc: 6455,
  cases: [...VALID.flatMap(cases), ...notText(), controlWithinCharacter(), strides()],
}
