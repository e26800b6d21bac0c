// RFC 6455 §5.3 against its own words, octet by octet: all alignments, offsets and lengths.
import fc from '../support/fast-check.js'
import { describe, expect, it } from 'vitest'
import { applyMask, readMaskingKey, rotateMaskingKey } from '../../src/protocol/masking.js'
import { hex, maskNaively } from './support/wire.js'

const KEYS = ['37fa213d', 'ffffffff', '80000000', '000000ff', '00000080', '00000000'].map(hex)
const ASCII = Buffer.alloc(70_000, 'all of this is ASCII. ')
const anyKey = fc.uint8Array({ minLength: 4, maxLength: 4 })

/** Masks a window of a larger buffer and says what the naive loop would have made of the whole buffer. */
function mask(data: Uint8Array, { key, alignment = 0, offset = 0 }: { key: Uint8Array; alignment?: number; offset?: number }) {
  const room = Buffer.from(new ArrayBuffer(alignment + data.length + 24)).fill(0xee)
  const start = alignment + 8
  room.set(data, start)
  const expected = Buffer.from(room)
  const shifted = Buffer.from([0, 1, 2, 3].map(i => key[(i + offset) % 4]!))
  expected.set(maskNaively(data, shifted), start)
  const seen = applyMask(room, start, start + data.length, rotateMaskingKey(readMaskingKey(key, 0), offset))
  return { room, expected, seen, isAscii: expected.subarray(start, start + data.length).every(byte => byte < 0x80) }
}

describe('masking', () => {
  it('§5.7: the RFC\'s example', () => {
    const bytes = hex('7f9f4d5158')
    applyMask(bytes, 0, 5, readMaskingKey(hex('37fa213d'), 0))
    expect(bytes.toString()).toBe('Hello')
  })

  it('§5.3: like the naive loop for every alignment, offset into the payload and length of 0-300; nothing outside is touched', () => {
    const data = Buffer.from(Array.from({ length: 300 }, (_, i) => (i * 89 + (i >> 3)) & 0xff))
    for (let alignment = 0; alignment < 4; alignment++) {
      for (let offset = 0; offset < 4; offset++) {
        for (let length = 0; length <= 300; length++) {
          const { room, expected } = mask(data.subarray(0, length), { key: KEYS[0]!, alignment, offset })
          if (!room.equals(expected)) expect.fail(`alignment ${alignment}, offset ${offset}, length ${length}`)
        }
      }
    }
  })

  it.each([1021, 4096, 65_535, 65_536, 69_999])('§5.3: %i bytes, every alignment and key', length => {
    for (const key of KEYS) {
      for (let alignment = 0; alignment < 8; alignment++) {
        const { room, expected } = mask(ASCII.subarray(0, length), { key, alignment, offset: alignment + 1 })
        expect(room.equals(expected)).toBe(true)
      }
    }
  })

  it('§5.3: a payload in slices, each with the key rotated to its offset, is masked like the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), anyKey, fc.array(fc.nat(600)), (data, key, cuts) => {
        const bytes = Buffer.from(data)
        const edges = [0, ...cuts.filter(at => at < data.length).sort((a, b) => a - b), data.length]
        for (let i = 1; i < edges.length; i++) {
          applyMask(bytes, edges[i - 1]!, edges[i]!, rotateMaskingKey(readMaskingKey(key, 0), edges[i - 1]!))
        }
        expect(bytes).toEqual(maskNaively(data, key))
      }),
      { numRuns: 200 },
    )
  })

  it('§5.3: is its own inverse', () => {
    const bytes = Buffer.from(ASCII)
    for (let i = 0; i < 2; i++) applyMask(bytes, 3, 69_001, readMaskingKey(KEYS[0]!, 0))
    expect(bytes.equals(ASCII)).toBe(true)
  })

  it('tells whether all result bytes are ASCII: one other byte at any place of any length is seen', () => {
    for (const length of [1, 2, 3, 4, 5, 99, 100, 101, 117, 128, 131]) {
      for (let at = -1; at < length; at++) {
        const plain = Buffer.from(ASCII.subarray(0, length))
        if (at >= 0) plain[at] = 0x80
        for (const alignment of [0, 1, 3]) {
          const { seen, isAscii } = mask(maskNaively(plain, KEYS[0]!), { key: KEYS[0]!, alignment })
          expect(isAscii).toBe(at < 0)
          expect(seen <= 0x7f).toBe(isAscii)
          expect(seen).toBeLessThanOrEqual(0xff)
        }
      }
    }
  })

  it('tells ASCII from the rest for large payloads and random keys', () => {
    fc.assert(
      fc.property(anyKey, fc.nat(69_999), fc.boolean(), (key, at, spoilt) => {
        const plain = Buffer.from(ASCII)
        if (spoilt) plain[at]! |= 0x80
        expect(applyMask(maskNaively(plain, key), 0, plain.length, readMaskingKey(key, 0)) <= 0x7f).toBe(!spoilt)
      }),
      { numRuns: 30 },
    )
  })

  it('works on plain and shared byte arrays as on Buffers', () => {
    for (const bytes of [new Uint8Array(256), new Uint8Array(new SharedArrayBuffer(260), 3, 256)]) {
      applyMask(bytes, 1, 255, readMaskingKey(KEYS[0]!, 0))
      expect([...bytes]).toEqual([0, ...maskNaively(new Uint8Array(254), KEYS[0]!), 0])
    }
  })

  it('an empty range is ASCII, and stays', () => {
    expect(applyMask(Buffer.alloc(0), 0, 0, -1)).toBe(0)
  })

  it('rotates by the offset modulo 4, beyond 32 bits too', () => {
    const key = readMaskingKey(hex('01020384'), 0)
    expect(rotateMaskingKey(key, 1)).toBe(readMaskingKey(hex('02038401'), 0))
    expect(rotateMaskingKey(key, 2 ** 40 + 3)).toBe(readMaskingKey(hex('84010203'), 0))
    expect(rotateMaskingKey(key, 2 ** 33)).toBe(key)
  })
})
