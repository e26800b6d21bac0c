// pack and unpack are each other's inverse, for all sizes at which the header changes (FEATURES A14, A29).
import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { CloseFrame, Frame, pack, unpack } from '../../src/protocol/frame.js'
import { Opcode } from '../../src/protocol/opcode.js'
import { KEY, encode } from './support/wire.js'

const SIZES = [0, 1, 2, 3, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537]

const bytes = fc.uint8Array({ maxLength: 300 }).map(data => Buffer.from(data))
const dataFrame = fc.record({
  opcode: fc.constantFrom(Opcode.Text, Opcode.Binary),
  payload: bytes,
  fin: fc.boolean(),
  rsv1: fc.boolean(),
})
const control = fc.record({ opcode: fc.constantFrom(Opcode.Ping, Opcode.Pong), payload: bytes.map(data => data.subarray(0, 125)) })
const continuation = fc.record({ opcode: fc.constant(Opcode.Continuation), payload: bytes, fin: fc.boolean() })
const code = fc.oneof(fc.integer({ min: 1000, max: 1003 }), fc.integer({ min: 1007, max: 1014 }), fc.integer({ min: 3000, max: 4999 }))
const reason = fc.string({ unit: 'grapheme', maxLength: 12 }).filter(text => Buffer.byteLength(text) <= 123)
const closeFrame = fc.tuple(code, reason).map(args => new CloseFrame(...args))
const anyFrame = fc.oneof(fc.oneof(dataFrame, control, continuation).map(init => new Frame(init)), closeFrame)
const mask = fc.oneof(fc.boolean(), fc.uint8Array({ minLength: 4, maxLength: 4 }))

describe('pack and unpack', () => {
  it('A14: what pack makes, unpack reads: any frame, masked or not, with anything behind it', () => {
    fc.assert(
      fc.property(anyFrame, mask, bytes, (frame, key, trailing) => {
        const packed = pack(frame, { mask: key })
        const masked = key !== false
        expect(unpack(Buffer.concat([packed, trailing]))).toEqual({ frame, bytesConsumed: packed.length, masked })
        expect(unpack(packed)!.frame.constructor).toBe(frame.constructor)
      }),
      { numRuns: 300 },
    )
  })

  it('A14: no part of a frame is a frame', () => {
    fc.assert(
      fc.property(anyFrame, mask, fc.nat(400), (frame, key, length) => {
        const packed = pack(frame, { mask: key })
        expect(unpack(packed.subarray(0, length % packed.length))).toBeNull()
      }),
      { numRuns: 300 },
    )
  })

  it.each([...SIZES, 1 << 20, (5 << 20) + 3])('A29: %i bytes, like the naive encoder, and back', size => {
    const payload = Buffer.alloc(size, 'round trip ')
    for (const key of [undefined, KEY]) {
      const packed = pack(payload, key ? { mask: key } : {})
      if (size < 1 << 20) expect(packed.equals(encode(0x82, payload, key))).toBe(true)
      const { frame, bytesConsumed, masked } = unpack(packed)!
      expect([frame.payload.equals(payload), bytesConsumed, masked]).toEqual([true, packed.length, key !== undefined])
    }
  })

  it('A14: any string comes back as itself, lone surrogates as U+FFFD', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), mask, (text, key) => {
        expect(unpack(pack(text, { mask: key }))!.frame.payload.toString()).toBe(text)
      }),
      { numRuns: 200 },
    )
    expect(unpack(pack('a\uD800'))!.frame.payload.toString()).toBe('a\uFFFD')
  })

  it('any bytes at all: unpack returns or throws a ProtocolError, and never claims more than there is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), data => {
        try {
          const result = unpack(data)
          expect(result === null || result.bytesConsumed <= data.length).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProtocolError' })
        }
      }),
      { numRuns: 1000 },
    )
  })
})
