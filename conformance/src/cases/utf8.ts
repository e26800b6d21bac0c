// Text is UTF-8 (RFC 6455 §5.6, §8.1): every valid text passes however it is cut; an invalid one fails at its first bad byte,
// not at the end of the frame or the message.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, answers, conversation, fails } from '../case.js'
import { BINARY, CONTINUATION, PING, TEXT, fragments, frame, slices } from '../wire/frame.js'
import { END, binary, close, pong, text } from '../wire/seen.js'
import { INVALID, VALID } from './utf8-samples.js'

/** Around each sample, so that it is neither first nor last. */
const BEFORE = Buffer.from('κόσμε ', 'utf8')
const AFTER = Buffer.from(' end', 'utf8')

function valid(): Case[] {
  return VALID.flatMap(([name, hex]) => {
    const sample = Buffer.from(hex, 'hex')
    const whole = Buffer.concat([BEFORE, sample, AFTER])
    return [
      answers(['8.1', `${name}: alone`], { bytes: frame(TEXT, sample) }, [text(sample)]),
      answers(['8.1', `${name}: in fragments of 1 byte`], { bytes: fragments(TEXT, slices(whole, 1)) }, [text(whole)]),
      conversation(['8.1', `${name}: in two fragments, cut at every place`], async (peer) => {
        for (let at = 0; at <= whole.length; at++) {
          peer.write(Buffer.concat(fragments(TEXT, [whole.subarray(0, at), whole.subarray(at)])))
          await peer.expect(text(whole))
        }
      }),
    ]
  })
}

interface Sample {
  readonly name: string
  /** A valid beginning; what makes it invalid comes next. */
  readonly good: Buffer
  /** Empty when the text only stops too early. */
  readonly bad: Buffer
}

function sampleOf([name, marked]: readonly [string, string]): Sample {
  const [good = '', bad = ''] = marked.split('|').map((hex) => Buffer.from(hex, 'hex'))
  return { name, good: Buffer.concat([BEFORE, Buffer.from(good)]), bad: Buffer.from(bad) }
}

function invalid(): Case[] {
  return INVALID.map(sampleOf).flatMap((sample) => [whole(sample), bytewise(sample), atTheBadByte(sample)])
}

function whole({ name, good, bad }: Sample): Case {
  const payload = Buffer.concat(bad.length > 0 ? [good, bad, AFTER] : [good])
  return fails(['8.1', `${name}: in one frame`], { bytes: frame(TEXT, payload) }, 1007)
}

function bytewise({ name, good, bad }: Sample): Case {
  const payload = Buffer.concat(bad.length > 0 ? [good, bad, AFTER] : [good])
  return fails(['8.1', `${name}: in fragments of 1 byte`], { bytes: fragments(TEXT, slices(payload, 1)) }, 1007)
}

/** Up to the byte before, the connection lives (a Ping is answered); with the bad byte it fails, though more is announced. */
function atTheBadByte({ name, good, bad }: Sample): Case {
  return conversation(['8.1', `${name}: fails at the bad byte`], async (peer) => {
    peer.write(Buffer.concat([frame(TEXT, good, { fin: false }), frame(PING, 'alive')]))
    await peer.expect(pong('alive'))
    if (bad.length === 0) peer.write(frame(CONTINUATION))
    else peer.write(frame(CONTINUATION, bad.subarray(0, 1), { declaredLength: 100, fin: false }))
    await peer.expect(close(1007), END)
  })
}

function others(): Case[] {
  const bytes = Buffer.from('fffe80ed00', 'hex')
  return [
    answers(['5.6', 'binary may hold what is not UTF-8'], { bytes: frame(BINARY, bytes) }, [binary(bytes)]),
    answers(['5.6', 'binary in fragments may as well'], { bytes: fragments(BINARY, slices(bytes, 1)) }, [binary(bytes)]),
    conversation(['8.1', 'a bad byte within a frame that is not complete'], async (peer) => {
      peer.write(frame(TEXT, Buffer.from('4869ff', 'hex'), { declaredLength: 70_000 }))
      await peer.expect(close(1007), END)
    }),
  ]
}

export const utf8: Theme = { name: 'UTF-8', cases: [...valid(), ...invalid(), ...others()] }
