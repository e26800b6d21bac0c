import { Opcode, firstByteOf, unpack } from '@tocsin/core/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { maskedFrame } from '../../src/wire/masked-frame.js'

it('RFC 6455 §5.7: a masked "Hello"', () => {
  const frame = maskedFrame(firstByteOf(Opcode.Text), 'Hello', 0x3d21fa37)
  expect(frame.toString('hex')).toBe('818537fa213d7f9f4d5158')
})

it('what core unpacks is what was packed, and the bytes given stay as they are', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 70_000 })), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (data, key) => {
    const expected = Buffer.from(data as string)
    const { frame, masked, bytesConsumed } = unpack(maskedFrame(firstByteOf(Opcode.Binary), data, key))!
    expect([frame.payload.equals(expected), masked, bytesConsumed > expected.length, Buffer.from(data as string).equals(expected)]).toEqual([true, true, true, true])
  }), { numRuns: 100 })
})
