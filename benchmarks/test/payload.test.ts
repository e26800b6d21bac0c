import { isUtf8 } from 'node:buffer'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type PayloadKind, payloadOf } from '../src/payload.js'

const KINDS: PayloadKind[] = ['binary', 'ascii', 'other', 'json']
const SIZES = [1, 2, 3, 64, 1000, 1024, 65_536]

describe('payloads', () => {
  const all = KINDS.flatMap((kind) => SIZES.map((size) => [kind, size] as const))

  test.each(all)('%s of %d bytes: exactly that long, and the same every time', (kind, size) => {
    const payload = payloadOf(kind, size)
    expect(payload.length).toBe(size)
    expect(payloadOf(kind, size).equals(payload)).toBe(true)
    if (kind !== 'binary') expect(isUtf8(payload)).toBe(true)
  })

  test('are what they say: binary is no text, ASCII is, other is both, JSON compresses but not to nothing', () => {
    expect(isUtf8(payloadOf('binary', 1024))).toBe(false)
    expect(payloadOf('ascii', 1024).every((byte) => byte < 128)).toBe(true)
    expect(payloadOf('other', 1024).filter((byte) => byte >= 128).length).toBeGreaterThan(300)
    const share = deflateRawSync(payloadOf('json', 16_384)).length / 16_384
    expect(share).toBeGreaterThan(0.1)
    expect(share).toBeLessThan(0.4)
  })

  test('variants of JSON differ', () => {
    const variants = Array.from({ length: 100 }, (_, variant) => payloadOf('json', 64, variant).toString())
    expect(new Set(variants).size).toBe(100)
  })
})
