// What is not a compressed message: bits where they do not belong (RFC 7692 §6.1), data that is not DEFLATE, text that is not UTF-8 once it
// is inflated, and too much of it (RFC 6455 §7.4.1).
import { Buffer } from 'node:buffer'
import { constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { type Case, type Theme, type Title, failed, staysOpen } from '../../case.js'
import { noise, prose } from '../../payloads.js'
import { BlockWriter, END_OF_BLOCK } from '../../wire/deflate-blocks.js'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, RSV1, TEXT, closeBody, fragments, frame } from '../../wire/frame.js'
import { InflateError, inflate } from '../../wire/inflate.js'
import type { Peer } from '../../wire/peer.js'
import { binary, text } from '../../wire/seen.js'
import { INVALID, VALID } from '../rfc6455/utf8/samples.js'
import { OFFER_WITHOUT_CONTEXT, deflated, deflatedEach, inflatesTo, roundTrip } from './deflated.js'

const HELLO = Buffer.from('f248cdc9c90700', 'hex')
const rsv = RSV1

function failsWith(title: Title, bytes: (peer: Peer) => readonly Buffer[], code: number): Case {
  return deflated(title, async (peer) => {
    peer.write(Buffer.concat(bytes(peer)))
    await failed(peer, code)
  })
}

/** RFC 7692 §6.1: not on control frames, not on a fragment that is not the first. */
const MISPLACED: [name: string, bytes: Buffer[]][] = [
  ['a Ping', [frame(PING, 'Hello', { rsv })]],
  ['an empty Ping', [frame(PING, '', { rsv })]],
  ['a compressed Ping', [frame(PING, HELLO, { rsv })]],
  ['a Pong', [frame(PONG, 'Hello', { rsv })]],
  ['an empty Pong', [frame(PONG, '', { rsv })]],
  ['a Close', [frame(CLOSE, closeBody(1000), { rsv })]],
  ['an empty Close', [frame(CLOSE, '', { rsv })]],
  [
    'the last fragment of a compressed message',
    [frame(TEXT, HELLO.subarray(0, 3), { rsv, fin: false }), frame(CONTINUATION, HELLO.subarray(3), { rsv })],
  ],
  [
    'a middle fragment of a compressed message',
    [frame(TEXT, HELLO.subarray(0, 3), { rsv, fin: false }), frame(CONTINUATION, '', { rsv, fin: false })],
  ],
  ['the last fragment of an uncompressed message', [frame(TEXT, 'Hel', { fin: false }), frame(CONTINUATION, 'lo', { rsv })]],
  ['a middle fragment of an uncompressed message', [frame(TEXT, 'Hel', { fin: false }), frame(CONTINUATION, 'lo', { rsv, fin: false })]],
  ['an empty last fragment', [frame(TEXT, HELLO, { rsv, fin: false }), frame(CONTINUATION, '', { rsv })]],
  ['a continuation of nothing', [frame(CONTINUATION, HELLO, { rsv })]],
  ['a Ping between compressed fragments', [frame(TEXT, HELLO.subarray(0, 3), { rsv, fin: false }), frame(PING, '', { rsv })]],
  ['a Ping, before its payload comes', [frame(PING, '', { rsv, declaredLength: 5 })]],
  ...[0x3, 0x7, 0xb, 0xf].map((opcode): [string, Buffer[]] => [`opcode 0x${opcode.toString(16)}`, [frame(opcode, HELLO, { rsv })]]),
]

function misplaced(): Case[] {
  const kinds: [name: string, opcode: number][] = [['text', TEXT], ['binary', BINARY]]
  return [
    ...MISPLACED.map(([name, bytes]) => failsWith(['6.1', `RSV1 on ${name}`], () => bytes, 1002)),
    failsWith(
      ['6455 §5.4', 'a compressed message within a compressed one'],
      () => [frame(TEXT, HELLO, { rsv, fin: false }), frame(TEXT, HELLO, { rsv })],
      1002,
    ),
    ...kinds.flatMap(([name, opcode]) => [1, 2, 3, 5, 6, 7].map((bits) =>
      failsWith(
        ['6455 §5.2', `reserved bits ${bits.toString(2).padStart(3, '0')} on ${name}`],
        () => [frame(opcode, bits > 4 ? HELLO : 'Hello', { rsv: bits })],
        1002,
      ))),
    ...[1, 2, 3].map((bits) => failsWith([
      '6455 §5.2',
      `reserved bits ${bits.toString(2).padStart(3, '0')} on a continuation of compressed text`,
    ], () =>
      [frame(TEXT, HELLO, { rsv, fin: false }), frame(CONTINUATION, '', { rsv: bits })], 1002)),
    failsWith(['6455 §5.1', 'a compressed message without a mask'], () => [frame(TEXT, HELLO, { rsv, mask: undefined })], 1002),
    failsWith(
      ['6455 §5.2', 'a compressed message with a length that could be shorter'],
      () => [frame(TEXT, HELLO, { rsv, lengthBits: 16 })],
      1002,
    ),
  ]
}

const writer = (): BlockWriter => new BlockWriter()

/** RFC 1951 knows none of these; RFC 6455 §7.4.1: 1007 for data that is not consistent with the type of the message. */
const BROKEN: [name: string, payload: () => Buffer][] = [
  ['a block of type 3', () => writer().bits(0, 1).bits(3, 2).bytes()],
  ['a final block of type 3', () => writer().bits(1, 1).bits(3, 2).bytes()],
  ['a block of type 3 behind a good one', () => writer().stored('Hello').bits(0, 1).bits(3, 2).bytes()],
  ['a stored block whose NLEN is wrong', () => writer().stored('Hello', { check: 0 }).payload()],
  ['a stored block whose NLEN is wrong by a bit', () => writer().stored('Hello', { check: 0xfffb }).payload()],
  ['a match that reaches beyond the beginning', () => writer().fixed([0x61, { length: 3, distance: 2 }, END_OF_BLOCK]).payload()],
  ['a match at the very beginning', () => writer().fixed([{ length: 3, distance: 1 }, END_OF_BLOCK]).payload()],
  [
    'a match 32768 back in a short message',
    () => writer().stored('Hello').fixed([{ length: 258, distance: 32_768 }, END_OF_BLOCK]).payload(),
  ],
  ['length code 286', () => writer().fixed([0x61, 286]).bits(0, 5).fixed([END_OF_BLOCK]).payload()],
  ['length code 287', () => writer().fixed([0x61, 287]).bits(0, 5).fixed([END_OF_BLOCK]).payload()],
  ['distance code 30', () => writer().fixed([0x61, 257]).distanceCode(30).payload()],
  ['distance code 31', () => writer().fixed([0x61, 257]).distanceCode(31).payload()],
  [
    'a dynamic block with too many length codes',
    () => writer().bits(0, 1).bits(2, 2).bits(31, 5).bits(0, 5).bits(0, 4).bits(0, 32).payload(),
  ],
  [
    'a dynamic block without any code',
    () => writer().bits(0, 1).bits(2, 2).bits(0, 5).bits(0, 5).bits(15, 4).stored(Buffer.alloc(60)).payload(),
  ],
  ['a zlib header', () => deflateSync('Hello')],
  ['a gzip header', () => gzipSync('Hello')],
  ['uncompressed text', () => Buffer.from('Hello')],
  ['bytes ff', () => Buffer.alloc(100, 0xff)],
  ['noise', () => Buffer.concat([Buffer.from([0x07]), noise(1_000)])],
  ['prose', () => Buffer.from(prose(1_000))],
]

function broken(): Case[] {
  return [
    ...BROKEN.flatMap(([name, payload]) => [
      failsWith(['6455 §7.4.1', `${name}, text`], () => [frame(TEXT, payload(), { rsv })], 1007),
      failsWith(
        ['6455 §7.4.1', `${name}, binary in two fragments`],
        () => fragments(BINARY, [payload().subarray(0, 1), payload().subarray(1)], RSV1),
        1007,
      ),
    ]),
    deflated(['6455 §7.4.1', 'bad data in the second message'], async (peer) => {
      await roundTrip(peer, 'Hello')
      peer.write(frame(TEXT, Buffer.from([7]), { rsv }))
      await failed(peer, 1007)
    }),
    deflated(['6455 §7.1.7', 'nothing behind bad data counts'], async (peer) => {
      peer.write(Buffer.concat([
        frame(TEXT, HELLO, { rsv }),
        frame(TEXT, Buffer.from([7]), { rsv }),
        frame(TEXT, HELLO, { rsv }),
        frame(PING),
      ]))
      await peer.expect(text('Hello'))
      await failed(peer, 1007)
    }),
  ]
}

/** RFC 7692 §7.2.2: with the 4 bytes that were left out, it is DEFLATE to its end, or it is not a message. */
function cutShort(): Case[] {
  const { Z_SYNC_FLUSH } = constants
  const wholes: [name: string, payload: Buffer][] = [
    ['a fixed block', HELLO],
    ['a stored block', writer().stored('Hello').payload()],
    [
      'a dynamic block',
      deflateRawSync(prose(400), { finishFlush: Z_SYNC_FLUSH, strategy: constants.Z_DEFAULT_STRATEGY, level: 9 }).subarray(0, -4),
    ],
  ]
  const declared: [name: string, length: number][] = [['5 of 1000 bytes', 1_000], ['5 of 6 bytes', 6], ['5 of 65535 bytes', 65_535]]
  return [
    ...wholes.map(([name, payload]) => {
      const items = Array.from({ length: payload.length - 1 }, (_, index) => payload.subarray(0, index + 1))
      return deflatedEach(['7.2.2', `${name}, cut short at every byte`], { items, offer: OFFER_WITHOUT_CONTEXT }, cutIsNoMessage)
    }),
    ...declared.map(([name, length]) => failsWith(
      ['7.2.2', `a stored block with ${name}`],
      () => [frame(BINARY, writer().stored('Hello', { length }).bytes(), { rsv })],
      1007,
    )),
  ]
}

async function cutIsNoMessage(peer: Peer, part: Buffer): Promise<void> {
  peer.write(frame(BINARY, part, { rsv }))
  const data = decoded(part)
  if (data === undefined) await failed(peer, 1007)
  else await peer.expect(binary(data))
}

/** By this package's own inflater; undefined when it is not whole. */
function decoded(payload: Buffer): Buffer | undefined {
  try {
    return inflate(Buffer.concat([payload, Buffer.from('0000ffff', 'hex')]), Buffer.alloc(0)).data
  } catch (error) {
    if (error instanceof InflateError) return undefined
    throw error
  }
}

/** RFC 6455 §8.1, of what has been inflated. */
function utf8(): Case[] {
  const invalid = INVALID.map(([name, marked]) => [name, Buffer.from(marked.replace('|', ''), 'hex')] as const)
  return [
    ...VALID.map(([name, hex]) => deflated(
      ['6455 §8.1', `compressed text: ${name}`],
      (peer) => roundTrip(peer, Buffer.from(hex, 'hex').toString('utf8')),
    )),
    ...invalid.map(([name, bytes]) => failsWith(
      ['6455 §8.1', `compressed text: ${name}`],
      (peer) => [frame(TEXT, peer.deflate(Buffer.concat([Buffer.from('é'), bytes])), { rsv })],
      1007,
    )),
    failsWith(['6455 §8.1', 'compressed text, a bad byte behind 100 KiB'], (peer) =>
      [frame(TEXT, peer.deflate(Buffer.concat([Buffer.from(prose(102_400)), Buffer.from([0xff])])), { rsv })], 1007),
    deflated(['6455 §5.6', 'compressed binary may hold what is not UTF-8'], (peer) => roundTrip(peer, Buffer.from('fffe80ed00', 'hex'))),
  ]
}

const MEBIBYTE = 1_048_576

/** A MiB of zeros after the other: 1 KiB on the wire for each, and nothing in it that inflating could do without. */
function zeros(size: number): Buffer {
  const one = deflateRawSync(Buffer.alloc(MEBIBYTE), { level: 9, finishFlush: constants.Z_FULL_FLUSH })
  const whole = new Array<Buffer>(Math.floor(size / MEBIBYTE)).fill(one)
  return Buffer.concat([...whole, deflateRawSync(Buffer.alloc(size % MEBIBYTE), { finishFlush: constants.Z_SYNC_FLUSH })]).subarray(0, -4)
}

/** RFC 6455 §7.4.1, §10.4: the limit is about the message, not about its compressed form. */
function bombs(): Case[] {
  const sizes: [name: string, size: number][] = [
    ['16 MiB and 1 byte', 16 * MEBIBYTE + 1],
    ['17 MiB', 17 * MEBIBYTE],
    ['64 MiB', 64 * MEBIBYTE],
    ['400 MiB', 400 * MEBIBYTE],
  ]
  return [
    deflated(['6455 §10.4', '16 MiB of zeros are no bomb'], (peer) => inflatesTo(peer, zeros(16 * MEBIBYTE), Buffer.alloc(16 * MEBIBYTE))),
    ...sizes.flatMap(([name, size]) => [
      failsWith(['6455 §7.4.1', `${name} of zeros, text`], () => [frame(TEXT, zeros(size), { rsv })], 1009),
      failsWith(['6455 §7.4.1', `${name} of zeros, binary in 5 fragments`], () => fragments(BINARY, inFifths(zeros(size)), RSV1), 1009),
    ]),
    ...[0x100_0000_0000n, 0x1f_ffff_ffff_ffffn, 0x7fff_ffff_ffff_ffffn].map((declaredLength) => failsWith(
      ['6455 §7.4.1', `a compressed message of ${declaredLength} bytes, before it comes`],
      () => [frame(BINARY, '', { rsv, declaredLength })],
      1009,
    )),
    deflated(['6455 §10.4', '1 MiB of empty blocks are no bomb'], async (peer) => {
      await inflatesTo(peer, Buffer.concat([...new Array<Buffer>(200_000).fill(Buffer.from('000000ffff', 'hex')), Buffer.from([0])]), '')
      await staysOpen(peer)
    }),
  ]
}

function inFifths(payload: Buffer): Buffer[] {
  const size = Math.ceil(payload.length / 5)
  return [0, 1, 2, 3, 4].map((index) => payload.subarray(index * size, (index + 1) * size))
}

export const misplacedBits: Theme = { name: 'Compression: reserved bits', rfc: 7692, cases: misplaced() }
export const badData: Theme = { name: 'Compression: bad data', rfc: 7692, cases: [...broken(), ...cutShort()] }
export const compressedText: Theme = { name: 'Compression: UTF-8', rfc: 7692, cases: utf8() }
export const compressionLimits: Theme = { name: 'Compression: limits', rfc: 7692, atOnce: 2, cases: bombs() }
