// The inflater against zlib's deflate, and what it must not take; its distances against streams put together by hand.
import { Buffer } from 'node:buffer'
import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { letters, noise, noisyText, pattern, prose } from '../../src/payloads.js'
import { BlockWriter, END_OF_BLOCK } from '../../src/wire/deflate-blocks.js'
import { inflate } from '../../src/wire/inflate.js'

const NOTHING = Buffer.alloc(0)

/** Ended by an empty stored block, as a flush does. */
function flushed(blocks: BlockWriter): Buffer {
  return Buffer.concat([blocks.payload(), Buffer.from('0000ffff', 'hex')])
}
const DATA: [name: string, data: Buffer][] = [
  ['nothing', NOTHING],
  ['a byte', Buffer.from('x')],
  ['noise', noise(100_000)],
  ['prose', Buffer.from(prose(100_000))],
  ['letters', Buffer.from(letters(100_000))],
  ['a pattern', pattern(100_000)],
  ['text of 64 letters', Buffer.from(noisyText(70_000))],
  ['zeros', Buffer.alloc(300_000)],
]

describe.each(DATA)('%s', (_name, data) => {
  test.each([0, 1, 6, 9])('level %i', (level) => {
    for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_RLE, constants.Z_FIXED]) {
      for (const windowBits of [9, 12, 15]) {
        const { data: inflated, farthest } = inflate(deflateRawSync(data, { level, strategy, windowBits }), NOTHING)
        expect(inflated.equals(data)).toBe(true)
        expect(farthest).toBeLessThanOrEqual(2 ** windowBits)
      }
    }
  })
})

test.each([1, 2, 255, 256, 257, 32_767, 32_768])('a match %i bytes back is told', (distance) => {
  const start = noise(distance)
  const { data, farthest } = inflate(flushed(new BlockWriter().stored(start).fixed([{ length: 10, distance }, END_OF_BLOCK])), NOTHING)
  expect(farthest).toBe(distance)
  expect(data.length).toBe(distance + 10)
})

test('history counts', () => {
  const bytes = flushed(new BlockWriter().fixed([{ length: 5, distance: 5 }, END_OF_BLOCK]))
  expect(inflate(bytes, Buffer.from('Hello')).data.toString()).toBe('Hello')
  expect(() => inflate(bytes, Buffer.from('Hell'))).toThrow('beyond the beginning')
})

const BROKEN: [name: string, bytes: Buffer, message: string][] = [
  ['no end', new BlockWriter().fixed([0x61]).bytes(), 'over in the middle'],
  ['half of a stored block', new BlockWriter().stored('Hello', { length: 9 }).bytes(), 'over in the middle'],
  ['a wrong NLEN', new BlockWriter().stored('Hello', { check: 1 }).bytes(), 'LEN and NLEN'],
  ['type 3', Buffer.from([7]), 'type 3'],
  ['length code 286', new BlockWriter().fixed([286]).bits(0, 5).bytes(), 'never used'],
  ['distance code 30', new BlockWriter().fixed([257]).distanceCode(30).bytes(), 'no code'],
  ['padding that is not 0', Buffer.from([3, 0b1111_1100]), 'padding'],
  ['no codes', new BlockWriter().bits(4, 3).bits(0, 14).bits(0, 60).bytes(), 'no code'],
]

test.each(BROKEN)('%s is not DEFLATE', (_name, bytes, message) => {
  expect(() => inflate(bytes, NOTHING)).toThrow(message)
})

test('a block behind a final one begins at the next byte', () => {
  const bytes = new BlockWriter().fixed([0x61, END_OF_BLOCK], true).align().stored('b').bytes()
  expect(inflate(bytes, NOTHING).data.toString()).toBe('ab')
})
