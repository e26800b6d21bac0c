// What is not UTF-8 fails the connection (RFC 6455 §8.1), and does so at its first bad byte: not at the end of the frame or the message.
import { Buffer } from 'node:buffer'
import { type Case, type Theme, conversation, conversations, failed, fails } from '../../../case.js'
import { CONTINUATION, PING, TEXT, fragments, frame, slices } from '../../../wire/frame.js'
import type { Peer } from '../../../wire/peer.js'
import { pong, text } from '../../../wire/seen.js'
import { INVALID, type InvalidSample } from './samples.js'

/** Around each sample, so that it is neither first nor last. */
const BEFORE = Buffer.from('é', 'utf8')
const AFTER = Buffer.from('.', 'utf8')

interface Sample {
  readonly name: string
  readonly bytes: Buffer
  /** Where the first bad byte stands; `bytes.length` when the text only stops too early. */
  readonly badAt: number
}

function sampleOf([name, marked]: InvalidSample): Sample {
  const [good = '', bad = ''] = marked.split('|').map((hex) => Buffer.from(hex, 'hex'))
  const bytes = Buffer.concat([BEFORE, Buffer.from(good), Buffer.from(bad), bad.length > 0 ? AFTER : Buffer.alloc(0)])
  return { name, bytes, badAt: BEFORE.length + good.length }
}

function cases(sample: Sample): Case[] {
  const { name, bytes } = sample
  return [
    fails(['8.1', `${name}: in one frame`], { bytes: frame(TEXT, bytes) }, 1007),
    fails(['8.1', `${name}: in fragments of 1 byte`], { bytes: fragments(TEXT, slices(bytes, 1)) }, 1007),
    fails(['8.1', `${name}: in segments of 1 byte`], { bytes: frame(TEXT, bytes), pieces: 1 }, 1007),
    cutInFragments(sample),
    ...(sample.badAt < bytes.length ? [atTheBadByte(sample), atTheBadByteOfAFrame(sample), cutInSegments(sample)] : []),
  ]
}

function cuts({ bytes }: Sample): number[] {
  return Array.from({ length: Math.min(bytes.length, 12) }, (_, index) => index)
}

/** Two fragments, cut at every place: with the bad byte in the first, it fails before the second comes. */
function cutInFragments(sample: Sample): Case {
  const { name, bytes, badAt } = sample
  return conversations(['8.1', `${name}: in two fragments, cut at every place`], cuts(sample), async (peer, at) => {
    peer.write(frame(TEXT, bytes.subarray(0, at), { fin: false }))
    if (at <= badAt) {
      await alive(peer)
      peer.write(frame(CONTINUATION, bytes.subarray(at)))
    }
    await failed(peer, 1007)
  })
}

/** Up to the byte before, the connection lives; with the bad byte it fails, though more fragments are to come. */
function atTheBadByte({ name, bytes, badAt }: Sample): Case {
  return conversation(['8.1', `${name}: fails at the bad byte, in a fragment of its own`], async (peer) => {
    peer.write(frame(TEXT, bytes.subarray(0, badAt), { fin: false }))
    await alive(peer)
    peer.write(frame(CONTINUATION, bytes.subarray(badAt, badAt + 1), { fin: false }))
    await failed(peer, 1007)
  })
}

/** The frame announces more than ever comes. */
function atTheBadByteOfAFrame({ name, bytes, badAt }: Sample): Case {
  return conversation(['8.1', `${name}: fails at the bad byte, in a frame that is not complete`], async (peer) => {
    peer.write(frame(TEXT, bytes.subarray(0, badAt + 1), { declaredLength: 70_000 }))
    await failed(peer, 1007)
  })
}

/** The last byte that comes is the bad one; before it, a segment ends at every place. */
function cutInSegments(sample: Sample): Case {
  const { name, bytes, badAt } = sample
  const upToBad = frame(TEXT, bytes.subarray(0, badAt + 1), { declaredLength: 100 })
  const places = Array.from({ length: badAt + 1 }, (_, index) => upToBad.length - 1 - index)
  return conversations(['8.1', `${name}: fails at the bad byte, in two segments, cut at every place`], places, async (peer, at) => {
    await peer.writeInPieces(upToBad.subarray(0, at), at)
    peer.write(upToBad.subarray(at))
    await failed(peer, 1007)
  })
}

async function alive(peer: Peer): Promise<void> {
  peer.write(frame(PING, 'alive'))
  await peer.expect(pong('alive'))
}

function others(): Case[] {
  return [
    conversation(['8.1', 'a text that stops within a character, though the next message would complete it'], async (peer) => {
      peer.write(Buffer.concat([frame(TEXT, Buffer.from('f09f', 'hex')), frame(TEXT, Buffer.from('9880', 'hex'))]))
      await failed(peer, 1007)
    }),
    conversation(['8.1', 'a bad byte in the second message'], async (peer) => {
      peer.write(Buffer.concat([frame(TEXT, 'κόσμε'), frame(TEXT, Buffer.from('cebaff', 'hex'))]))
      await peer.expect(text('κόσμε'))
      await failed(peer, 1007)
    }),
    conversation(['8.1', 'the last of 1000 fragments is bad'], async (peer) => {
      peer.write(Buffer.concat(fragments(TEXT, [...new Array<string>(999).fill('κ'), Buffer.from('ce', 'hex')])))
      await failed(peer, 1007)
    }),
    conversations([
      '8.1',
      'a bad byte at each of 70 places in 4 KiB of ASCII',
    ], Array.from({ length: 70 }, (_, at) => at), async (peer, at) => {
      peer.write(frame(
        TEXT,
        Buffer.concat([Buffer.alloc(at, 'a'), Buffer.from([0xff]), Buffer.alloc(4_096 - at, 'b')]),
        { declaredLength: 70_000 },
      ))
      await failed(peer, 1007)
    }),
  ]
}

export const utf8Invalid: Theme = { name: 'UTF-8: invalid', rfc: 6455, cases: [...INVALID.map(sampleOf).flatMap(cases), ...others()] }
