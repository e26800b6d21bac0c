// What one connection has agreed on, and what that holds of the pool.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { Compression, deflating, releaseContexts, reserveContexts } from '../../src/compression/compression.js'
import { type CompressionOptions, resolveCompression } from '../../src/compression/options.js'
import type { CompressionParameters } from '../../src/compression/parameters.js'
import { ZlibPool, sizeOfContext } from '../../src/compression/zlib-pool.js'
import { deflated } from '../support/deflate-peer.js'
import { prose } from '../support/samples.js'
import { deflate, inflate } from './support/codec.js'

const NONE: CompressionParameters = { serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: 15, clientMaxWindowBits: 15 }

function made(agreed: Partial<CompressionParameters> = {}, options: CompressionOptions = {}, role: 'server' | 'client' = 'server') {
  const pool = new ZlibPool()
  const parameters = { ...NONE, ...agreed }
  const policy = resolveCompression(options)!
  const isReserved = reserveContexts(pool, parameters, policy)
  const compression = new Compression({ pool, parameters, policy, role, maxMessageSize: 1_000, counters: { messagesDeflated: 0, messagesInflated: 0 } })
  return { pool, parameters, policy, isReserved, compression }
}

describe('wants', () => {
  test('by the threshold, in bytes and not in characters', () => {
    const { compression } = made({}, { threshold: 90 })
    const wants = (data: string | Buffer): boolean => compression.wants(data, undefined)
    expect([wants('x'.repeat(89)), wants('x'.repeat(90)), wants(Buffer.alloc(89)), wants(Buffer.alloc(90))]).toEqual([false, true, false, true])
    expect([wants('€'.repeat(29)), wants('€'.repeat(30)), wants('ä'.repeat(44)), wants('ä'.repeat(45))]).toEqual([false, true, false, true])
    expect([wants(''), made({}, { threshold: 0 }).compression.wants('', true), made({}, { threshold: Infinity }).compression.wants('x'.repeat(1e6), undefined)]).toEqual([false, false, false])
  })

  test('what the sender says comes first', () => {
    const { compression } = made({}, { threshold: 90 })
    expect([compression.wants('x', true), compression.wants('x'.repeat(1_000), false)]).toEqual([true, false])
  })
})

describe('memory', () => {
  const cases: [Partial<CompressionParameters>, number][] = [
    [{}, 0],
    [{ serverNoContextTakeover: false }, sizeOfContext({ windowBits: 15, level: 1, memLevel: 8 })],
    [{ clientNoContextTakeover: false, clientMaxWindowBits: 9 }, sizeOfContext({ windowBits: 9, level: undefined, memLevel: 8 })],
    [{ serverNoContextTakeover: false, clientNoContextTakeover: false, serverMaxWindowBits: 10 }, sizeOfContext({ windowBits: 10, level: 1, memLevel: 8 }) + sizeOfContext({ windowBits: 15, level: undefined, memLevel: 8 })],
  ]
  test.each(cases)('%o reserves %i bytes, and gives them back once', (agreed, bytes) => {
    const { pool, compression, isReserved } = made(agreed)
    expect([isReserved, pool.heldBytes]).toEqual([true, bytes])
    deflate(compression.deflater, prose(500))
    inflate(compression.inflater, deflated('x'))
    expect(pool.heldBytes).toBe(bytes)
    compression.close()
    compression.close()
    expect(pool.heldBytes).toBe(0)
  })

  test('in the middle of messages both ways, closing gives back what they hold', () => {
    for (const agreed of [{}, { serverNoContextTakeover: false, clientNoContextTakeover: false }]) {
      const { pool, compression } = made(agreed)
      const before = pool.heldBytes
      compression.deflater.beginParts()
      compression.inflater.feed(deflated(prose(100)).subarray(0, 20), false)
      expect(pool.heldBytes - before).toBe(Object.keys(agreed).length > 0 ? 0 : sizeOfContext(compression.deflater.kind) + sizeOfContext({ windowBits: 15, level: undefined, memLevel: 8 }))
      compression.close()
      expect(pool.heldBytes).toBe(0)
    }
  })

  test('a reservation for a connection that does not come into being', () => {
    const { policy } = made()
    const pool = new ZlibPool()
    const parameters = { ...NONE, serverNoContextTakeover: false, clientNoContextTakeover: false }
    expect(reserveContexts(pool, parameters, policy)).toBe(true)
    expect(pool.heldBytes).toBeGreaterThan(0)
    releaseContexts(pool, parameters, policy)
    expect(pool.heldBytes).toBe(0)
    expect(reserveContexts(new ZlibPool({ budget: 1_000 }), parameters, policy)).toBe(false)
  })
})

describe('the two halves', () => {
  const agreed = { serverMaxWindowBits: 9, clientMaxWindowBits: 12, serverNoContextTakeover: false }

  test('at the server: its own window deflates, the client\'s inflates', () => {
    const { compression, policy } = made(agreed, { level: 6, memLevel: 5 })
    expect(compression.deflater.kind).toEqual({ windowBits: 9, level: 6, memLevel: 5 })
    expect(compression.deflater.kind).toEqual(deflating(policy, 9))
    const sizes = [1, 2].map(() => deflate(compression.deflater, prose(200))!.length)
    expect(sizes[1]!).toBeLessThan(sizes[0]!)
    compression.close()
  })

  test('at the client it is the other way round', () => {
    const { compression } = made(agreed, {}, 'client')
    expect(compression.deflater.kind.windowBits).toBe(12)
    const sizes = [1, 2].map(() => deflate(compression.deflater, prose(200))!.length)
    expect(sizes[1]).toBe(sizes[0])
    expect(inflate(compression.inflater, Buffer.from('f248cdc9c90700', 'hex')).toString()).toBe('Hello')
    expect(inflate(compression.inflater, Buffer.from('f200110000', 'hex')).toString()).toBe('Hello')
    compression.close()
  })

  test('what may refer to earlier messages can never be relayed', () => {
    expect(made({ clientNoContextTakeover: false }).compression.relayableWindowBits).toBeUndefined()
    expect(made().compression.relayableWindowBits).toBe(15)
  })
})
