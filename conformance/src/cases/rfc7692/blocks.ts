// Every way to write a message in DEFLATE (RFC 7692 §7.2.1, §7.2.3; RFC 1951): the receiver has to take them all.
import { Buffer } from 'node:buffer'
import { type ZlibOptions, constants, deflateRawSync } from 'node:zlib'
import type { Case, Theme, Title } from '../../case.js'
import { noise, prose } from '../../payloads.js'
import { BlockWriter, type DeflateSymbol, END_OF_BLOCK } from '../../wire/deflate-blocks.js'
import { RSV1, TEXT, fragments } from '../../wire/frame.js'
import { text } from '../../wire/seen.js'
import { OFFER_WITHOUT_CONTEXT, deflated, inflatesTo } from './deflated.js'

function sends(title: Title, payload: () => Buffer, message: string): Case {
  return deflated(title, (peer) => inflatesTo(peer, payload(), message), OFFER_WITHOUT_CONTEXT)
}

const EXAMPLES: [section: string, name: string, hex: string, message: string][] = [
  ['7.2.3.1', 'one block', 'f248cdc9c90700', 'Hello'],
  ['7.2.3.3', 'a stored block', '000500faff48656c6c6f00', 'Hello'],
  ['7.2.3.4', 'a block with BFINAL', 'f348cdc9c9070000', 'Hello'],
  ['7.2.3.5', 'two blocks', 'f24805000000ffffcac9c90700', 'Hello'],
  ['7.2.3.6', 'an empty message', '00', ''],
]

function examples(): Case[] {
  return [
    ...EXAMPLES.map(([section, name, hex, message]) => sends(
      [section, `the example of the RFC: ${name}`],
      () => Buffer.from(hex, 'hex'),
      message,
    )),
    deflated(['7.2.3.1', 'the example of the RFC: two fragments'], async (peer) => {
      peer.write(Buffer.concat(fragments(TEXT, [Buffer.from('f248cd', 'hex'), Buffer.from('c9c90700', 'hex')], RSV1)))
      await peer.expect(text('Hello'))
    }),
  ]
}

const writer = (): BlockWriter => new BlockWriter()
const HELLO = [...Buffer.from('Hello'), END_OF_BLOCK]
const FINAL = { isFinal: true }

/** RFC 7692 §7.2.1: "multiple DEFLATE blocks may be used", of any type, with BFINAL or without. */
const BLOCKS: [name: string, payload: () => Buffer, message: string][] = [
  ['a fixed block', () => writer().fixed(HELLO).payload(), 'Hello'],
  ['a fixed block and a stored one', () => writer().fixed(HELLO).stored('Hello').payload(), 'HelloHello'],
  ['a stored block and a fixed one', () => writer().stored('Hello').fixed(HELLO).payload(), 'HelloHello'],
  ['stored, fixed, stored, fixed', () => writer().stored('a').fixed(HELLO).stored('b').fixed(HELLO).payload(), 'aHellobHello'],
  ['an empty stored block', () => writer().stored('').payload(), ''],
  ['an empty fixed block', () => writer().fixed([END_OF_BLOCK]).payload(), ''],
  ['1000 empty stored blocks', () => times(writer(), 1_000, (each) => each.stored('')).payload(), ''],
  ['1000 empty fixed blocks', () => times(writer(), 1_000, (each) => each.fixed([END_OF_BLOCK])).payload(), ''],
  [
    'empty blocks before and behind',
    () => writer().stored('').fixed([END_OF_BLOCK]).fixed(HELLO).stored('').fixed([END_OF_BLOCK]).payload(),
    'Hello',
  ],
  [
    'stored blocks of 1 byte',
    () => [...'Hello, stored'].reduce((each, letter) => each.stored(letter), writer()).payload(),
    'Hello, stored',
  ],
  ['a stored block of 65535 bytes', () => writer().stored('s'.repeat(65_535)).payload(), 's'.repeat(65_535)],
  [
    'two stored blocks of 65535 bytes',
    () => writer().stored('s'.repeat(65_535)).stored('t'.repeat(65_535)).payload(),
    's'.repeat(65_535) + 't'.repeat(65_535),
  ],
  ['a stored block with BFINAL', () => writer().stored('Hello', FINAL).payload(), 'Hello'],
  ['an empty stored block with BFINAL', () => writer().stored('', FINAL).payload(), ''],
  ['an empty fixed block with BFINAL', () => writer().fixed([END_OF_BLOCK], true).align().payload(), ''],
  ['a block with BFINAL, and one without behind it', () => writer().fixed(HELLO, true).align().fixed(HELLO).payload(), 'HelloHello'],
  ['a block without BFINAL, and one with it', () => writer().fixed(HELLO).fixed(HELLO, true).align().payload(), 'HelloHello'],
  ['three blocks with BFINAL', () => times(writer(), 3, (each) => each.fixed(HELLO, true).align()).payload(), 'HelloHelloHello'],
  ['100 stored blocks with BFINAL', () => times(writer(), 100, (each) => each.stored('ab', FINAL)).payload(), 'ab'.repeat(100)],
  ['a match of 258 bytes, 1 back', () => writer().fixed([0x61, { length: 258, distance: 1 }, END_OF_BLOCK]).payload(), 'a'.repeat(259)],
  ['a match of 3 bytes, 2 back', () => writer().fixed([0x61, 0x62, { length: 3, distance: 2 }, END_OF_BLOCK]).payload(), 'ababa'],
  [
    'a match into the block before',
    () => writer().stored('Hello').fixed([{ length: 5, distance: 5 }, END_OF_BLOCK]).payload(),
    'HelloHello',
  ],
  ['every byte as a literal', () => writer().fixed([...Buffer.from('é\u0000\u007f€👋'), END_OF_BLOCK]).payload(), 'é\u0000\u007f€👋'],
]

function times(from: BlockWriter, count: number, add: (writer: BlockWriter) => BlockWriter): BlockWriter {
  for (let done = 0; done < count; done++) add(from)
  return from
}

/** All 29 length codes and all 30 distance codes, at both ends of each. */
function everyMatch(): Case[] {
  const start = noise(32_768)
  const lengths = Array.from({ length: 256 }, (_, index): DeflateSymbol => ({ length: index + 3, distance: 300 }))
  const distances = Array.from({ length: 16 }, (_, bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1, 1.5 * 2 ** bits]).flat()
    .filter((distance) => Number.isInteger(distance) && distance >= 1 && distance <= 32_768)
    .map((distance): DeflateSymbol => ({ length: 3, distance }))
  return [
    ['lengths', lengths],
    ['distances', distances],
  ].map(([name, symbols]) => deflated(['7.2.2', `matches of all ${name as string}`], async (peer) => {
    const message = resolve(start, symbols as DeflateSymbol[])
    await inflatesTo(peer, writer().stored(start).fixed([...(symbols as DeflateSymbol[]), END_OF_BLOCK]).payload(), message)
  }, OFFER_WITHOUT_CONTEXT))
}

function resolve(start: Buffer, symbols: readonly DeflateSymbol[]): Buffer {
  const bytes = [...start]
  for (const symbol of symbols) {
    if (typeof symbol === 'number') bytes.push(symbol)
    else for (let copied = 0; copied < symbol.length; copied++) bytes.push(bytes.at(-symbol.distance)!)
  }
  return Buffer.from(bytes)
}

/** node:zlib in all its moods; each message is flushed in the middle as well. */
function zlib(): Case[] {
  const { Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_PARTIAL_FLUSH, Z_BLOCK } = constants
  const moods: [name: string, options: ZlibOptions][] = [
    ...Array.from({ length: 10 }, (_, level): [string, ZlibOptions] => [`level ${level}`, { level }]),
    ...Array.from({ length: 9 }, (_, index): [string, ZlibOptions] => [`memLevel ${index + 1}`, { memLevel: index + 1 }]),
    ...[9, 10, 11, 12, 13, 14, 15].map((windowBits): [string, ZlibOptions] => [`windowBits ${windowBits}`, { windowBits }]),
    ['strategy filtered', { strategy: constants.Z_FILTERED }],
    ['strategy Huffman only', { strategy: constants.Z_HUFFMAN_ONLY }],
    ['strategy RLE', { strategy: constants.Z_RLE }],
    ['strategy fixed', { strategy: constants.Z_FIXED }],
  ]
  const flushes: [name: string, flush: number][] = [
    ['sync', Z_SYNC_FLUSH],
    ['full', Z_FULL_FLUSH],
    ['partial', Z_PARTIAL_FLUSH],
    ['block', Z_BLOCK],
  ]
  const message = `${prose(20_000)}${noise(5_000).toString('hex')}`
  return [
    ...moods.map(([name, options]) => sends(
      ['7.2.1', `zlib, ${name}`],
      () => payloadOf(deflateRawSync(message, { ...options, finishFlush: Z_SYNC_FLUSH })),
      message,
    )),
    ...flushes.map(([name, flush]) => sends(
      ['7.2.1', `zlib, ${name} flush in the middle`],
      () => flushedInTheMiddle(message, flush),
      message,
    )),
    sends(['7.2.3.4', 'zlib, a stream that ends with BFINAL'], () => Buffer.concat([deflateRawSync(message), Buffer.from([0])]), message),
    sends(
      ['7.2.3.4', 'zlib, two streams that end with BFINAL'],
      () => Buffer.concat([deflateRawSync(message), deflateRawSync(message), Buffer.from([0])]),
      message + message,
    ),
    sends(['7.2.1', 'zlib, a full flush at the end'], () => payloadOf(deflateRawSync(message, { finishFlush: Z_FULL_FLUSH })), message),
  ]
}

/** Without the last 4 bytes, 00 00 ff ff. */
function payloadOf(flushed: Buffer): Buffer {
  return flushed.subarray(0, -4)
}

/** Two parts, the second without history: a partial or block flush does not end at a byte, so that one is followed by a stored block. */
function flushedInTheMiddle(message: string, flush: number): Buffer {
  const bytes = Buffer.from(message)
  const [first, second] = [bytes.subarray(0, 9_000), bytes.subarray(9_000)]
  const ends = flush === constants.Z_SYNC_FLUSH || flush === constants.Z_FULL_FLUSH
  const head = deflateRawSync(first, { finishFlush: ends ? flush : constants.Z_SYNC_FLUSH, flush })
  return payloadOf(Buffer.concat([head, deflateRawSync(second, { finishFlush: constants.Z_SYNC_FLUSH })]))
}

export const blocks: Theme = {
  name: 'Compression: blocks',
  rfc: 7692,
  cases: [...examples(), ...BLOCKS.map(([name, payload, message]) => sends(['7.2.1', name], payload, message)), ...everyMatch(), ...zlib()],
}
