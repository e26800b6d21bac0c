// Any sequence of messages goes through and comes out byte for byte: our deflater to an independent reader, an independent
// deflater to our inflater, with every kind of pool.
import { Buffer } from 'node:buffer'
import fc from '../support/fast-check.js'
import { describe, expect, test } from 'vitest'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { PeerDeflater, PeerInflater } from '../support/deflate-peer.js'
import { noise, prose } from '../support/samples.js'
import { bytewise, cutAt, deflate, deflaterFor, inflate, inflaterFor } from './support/codec.js'

const EDGES = [0, 1, 125, 126, 255, 256, 8_191, 8_192, 8_193, 16_383, 16_384, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073]
const MIB = 1 << 20
const kinds = {
  noise: (size: number, seed: number) => noise(size, seed),
  zeros: (size: number) => Buffer.alloc(size),
  prose: (size: number, seed: number) => Buffer.from(prose(size, seed)),
  'half noise': (size: number, seed: number) => Buffer.concat([noise(size >> 1, seed), Buffer.from(prose(size - (size >> 1), seed))]),
  'far echoes': (size: number, seed: number) => Buffer.alloc(size, noise(Math.max(1, Math.min(size, 200 + (seed % 33_000))), seed)),
}
const size = fc.oneof({ weight: 3, arbitrary: fc.nat(2_000) }, { weight: 2, arbitrary: fc.constantFrom(...EDGES) })
const bytes = fc.tuple(fc.constantFrom(...Object.values(kinds)), size, fc.nat(100_000)).map(([make, length, seed]) => make(length, seed))
const text = fc.oneof(fc.constantFrom('', 'ä', '€', '👍🏽', 'Grüße aus Köln', '中文中文中文'), fc.string({ unit: 'grapheme', maxLength: 40 })).map((value) => Buffer.from(value))
const messages = fc.array(fc.oneof(bytes, text), { minLength: 1, maxLength: 7 })
const windowBits = fc.integer({ min: 8, max: 15 })
const level = fc.constantFrom(0, 1, 1, 6, 9)

const pools: [string, ZlibPool, boolean[]][] = [
  ['with reused contexts', new ZlibPool(), [false, true]],
  ['without reused contexts', new ZlibPool({ reusesContexts: false }), [false]],
  ['with no budget', new ZlibPool({ budget: 0 }), [false]],
]

describe.each(pools)('%s', (name, pool, takeovers) => {
  const keepsContext = fc.constantFrom(...takeovers)

  test('our messages, read by another zlib: smaller, or not compressed', () => {
    fc.assert(fc.property(messages, windowBits, fc.tuple(keepsContext, level), (all, bits, [keeps, own]) => {
      const deflater = deflaterFor({ pool, windowBits: bits, keepsContext: keeps, level: own })
      const peer = new PeerInflater({ keepsContext: keeps, windowBits: bits })
      for (const message of all) {
        const payload = deflate(deflater, message)
        if (payload === undefined) continue
        expect(payload.length).toBeLessThan(message.length)
        expect(peer.inflate(payload).equals(message)).toBe(true)
      }
      deflater.close()
    }), { seed: 1951, numRuns: 70 })
    expect(pool.heldBytes).toBe(0)
  })

  test('our messages in parts', () => {
    const part = fc.record({ bytes: fc.oneof(bytes.map((value) => value.subarray(0, 70_000)), text), flushes: fc.boolean() })
    fc.assert(fc.property(fc.array(fc.array(part, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }), windowBits, keepsContext, (all, bits, keeps) => {
      const deflater = deflaterFor({ pool, windowBits: bits, keepsContext: keeps })
      const peer = new PeerInflater({ keepsContext: keeps, windowBits: bits })
      for (const parts of all) {
        if (!deflater.beginParts()) break
        const payload = parts.map((one, i) => Buffer.from(deflater.deflatePart(one.bytes, { isLast: i === parts.length - 1, flushes: one.flushes })))
        expect(payload.at(-1)!.length).toBeGreaterThan(0)
        expect(peer.inflate(Buffer.concat(payload)).equals(Buffer.concat(parts.map((one) => one.bytes)))).toBe(true)
      }
      deflater.close()
      expect(pool.heldBytes).toBe(0)
    }), { seed: 1951, numRuns: 40 })
    const another = deflaterFor({ pool })
    expect(another.beginParts()).toBe(name !== 'with no budget')
    another.close()
  })

  test('their messages, in random slices and byte by byte', () => {
    const cuts = fc.array(fc.nat(200_000), { maxLength: 6 })
    fc.assert(fc.property(fc.array(fc.tuple(fc.oneof(bytes, text), cuts, level), { minLength: 1, maxLength: 6 }), windowBits, keepsContext, (all, bits, keeps) => {
      const peer = new PeerDeflater({ keepsContext: keeps, windowBits: bits })
      const inflater = inflaterFor({ pool, windowBits: bits, keepsContext: keeps })
      for (const [message, places, own] of all) {
        const payload = peer.deflate(message, own)
        const slices = payload.length < 300 ? bytewise(payload) : cutAt(payload, places)
        expect(inflate(inflater, ...slices).equals(message)).toBe(true)
      }
      inflater.close()
    }), { seed: 1951, numRuns: 70 })
    expect(pool.heldBytes).toBe(0)
  })

  test.each([MIB - 1, MIB, MIB + 1])('%i bytes of each kind, both ways', (length) => {
    for (const keeps of takeovers) {
      const [deflater, inflater] = [deflaterFor({ pool, keepsContext: keeps }), inflaterFor({ pool, keepsContext: keeps })]
      const [peerInflater, peerDeflater] = [new PeerInflater({ keepsContext: keeps }), new PeerDeflater({ keepsContext: keeps })]
      for (const kind of ['noise', 'prose', 'far echoes'] as const) {
        const message = kinds[kind](length, 7)
        const payload = deflate(deflater, message)
        expect(payload === undefined, kind).toBe(kind === 'noise')
        if (payload !== undefined) expect(peerInflater.inflate(payload).equals(message), kind).toBe(true)
        expect(inflate(inflater, ...cutAt(peerDeflater.deflate(message, 1), [1, 70_000])).equals(message), kind).toBe(true)
      }
      deflater.close()
      inflater.close()
    }
  })
})
