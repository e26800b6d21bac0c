// One message in many frames.
import { Frame, Opcode } from '@tocsin/core'
import { expect, test } from 'vitest'
import { tinyFragments } from '@tocsin/testing'

const shape = (frames: Frame[]): unknown[] => frames.map(({ opcode, fin, payload }) => [opcode, fin, payload.toString('hex')])

test('one byte in each, also within a character', () => {
  expect(shape(tinyFragments('a\u00e9'))).toEqual([[1, false, '61'], [0, false, 'c3'], [0, true, 'a9']])
})

test('other sizes, and bytes as binary', () => {
  expect(shape(tinyFragments(Buffer.from([1, 2, 3]), 2))).toEqual([[2, false, '0102'], [0, true, '03']])
})

test('an empty message is one frame', () => {
  expect(tinyFragments('')).toEqual([new Frame({ opcode: Opcode.Text })])
})

test.each([0, -1, 0.5])('refuses fragments of %s bytes', (size) => {
  expect(() => tinyFragments('x', size)).toThrow(RangeError)
})
