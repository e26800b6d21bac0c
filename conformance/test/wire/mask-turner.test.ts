// The same frames, with the mask turned round, wherever they are cut.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { pattern } from '../../src/payloads.js'
import { BINARY, EXAMPLE_MASK, PING, TEXT, fragments, frame, slices } from '../../src/wire/frame.js'
import { MaskTurner } from '../../src/wire/mask-turner.js'

const mask = undefined
const declaredLength = 2n ** 63n
const SIZES = [0, 1, 5, 63, 64, 125, 126, 65_535, 65_536]

function turn(bytes: Buffer, size: number): Buffer {
  const turner = new MaskTurner()
  return Buffer.concat(slices(bytes, size).map((piece) => turner.turn(piece)))
}

test.each([1, 2, 3, 5, 1_000, 1_000_000])('in pieces of %i', (size) => {
  const masked = Buffer.concat(SIZES.map((each) => frame(BINARY, pattern(each))))
  const plain = Buffer.concat(SIZES.map((each) => frame(BINARY, pattern(each), { mask })))
  expect(turn(masked, size).equals(plain)).toBe(true)
  expect(turn(plain, size).equals(masked)).toBe(true)
})

test.each([
  ['reserved bits and opcodes', frame(0x3, 'Hello', { rsv: 7 }), frame(0x3, 'Hello', { rsv: 7, mask })],
  ['fragments', Buffer.concat(fragments(TEXT, ['a', '', 'b'])), Buffer.from('01016100008001 62'.replace(' ', ''), 'hex')],
  ['a length that could be shorter', frame(PING, 'p', { lengthBits: 64 }), frame(PING, 'p', { lengthBits: 64, mask })],
  ['a payload that does not come', frame(TEXT, 'half', { declaredLength }), frame(TEXT, 'half', { declaredLength, mask })],
  ['any key', frame(TEXT, 'Hello', { mask: Buffer.from('fffefdfc', 'hex') }), frame(TEXT, 'Hello', { mask })],
  ['half a header', Buffer.from('81fe01', 'hex'), Buffer.from('817e01', 'hex')],
  ['no key yet', Buffer.from('8185', 'hex'), Buffer.from('8105', 'hex')],
])('%s', (_name, masked, plain) => {
  expect(turn(masked, 1).toString('hex')).toBe(plain.toString('hex'))
})

test('a frame without a mask gets one as soon as its header is there', () => {
  expect(turn(Buffer.from('817e', 'hex'), 2).toString('hex')).toBe('81fe')
  expect(turn(Buffer.from('8105', 'hex'), 2).toString('hex')).toBe(`8185${Buffer.from(EXAMPLE_MASK).toString('hex')}`)
})
