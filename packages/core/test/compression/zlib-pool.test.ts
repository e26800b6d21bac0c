// Which zlib states there are: lent, kept, given back, and never more than the budget between two turns.
import { Buffer } from 'node:buffer'
import zlib from 'node:zlib'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { NativeContext, type ContextKind } from '../../src/compression/zlib-context.js'
import { ZlibPool, canReuseContexts, sizeOfContext } from '../../src/compression/zlib-pool.js'
import { prose } from '../support/samples.js'
import { deflated } from '../support/deflate-peer.js'
import { deflate, deflaterFor, inflate, inflaterFor } from './support/codec.js'

const INFLATE: ContextKind = { windowBits: 15, level: undefined, memLevel: 8 }
const DEFLATE: ContextKind = { windowBits: 15, level: 1, memLevel: 8 }

afterEach(() => { vi.restoreAllMocks() })

describe('idle states', () => {
  test('serve the next message: a thousand messages make one state of each kind', () => {
    const pool = new ZlibPool()
    const made = vi.spyOn(pool, 'make')
    const deflaters = [deflaterFor({ pool }), deflaterFor({ pool })]
    for (let i = 0; i < 1_000; i++) {
      expect(inflate(inflaterFor({ pool }), deflate(deflaters[i & 1]!, prose(300, i % 10))!).toString()).toBe(prose(300, i % 10))
    }
    expect(made.mock.calls.map(([kind]) => kind)).toEqual([DEFLATE, INFLATE])
    expect(pool.heldBytes).toBe(0)
  })

  test('two of each kind are kept, others are closed; kinds are not mixed', () => {
    const pool = new ZlibPool()
    const closed = vi.spyOn(NativeContext.prototype, 'close')
    const kinds = [DEFLATE, INFLATE, { ...DEFLATE, level: 0 }, { ...DEFLATE, level: 9 }, { ...DEFLATE, memLevel: 9 }, { ...DEFLATE, windowBits: 9 }, { ...INFLATE, windowBits: 9 }]
    const lent = kinds.map((kind) => [1, 2, 3, 4].map(() => pool.borrow(kind)))
    expect(new Set(lent.flat()).size).toBe(28)
    for (const context of lent.flat()) pool.giveBack(context)
    expect(closed).toHaveBeenCalledTimes(kinds.length * 2)
    for (const [i, kind] of kinds.entries()) {
      const again = [pool.borrow(kind), pool.borrow(kind), pool.borrow(kind)]
      expect(again.map((context) => lent[i]!.includes(context))).toEqual([true, true, false])
      expect(again.map((context) => context.kind)).toEqual([kind, kind, kind])
    }
  })

  test('have no history', () => {
    const pool = new ZlibPool()
    const sizes = [1, 2, 3].map(() => deflate(deflaterFor({ pool }), prose(500))!.length)
    expect(new Set(sizes).size).toBe(1)
    inflate(inflaterFor({ pool }), Buffer.from('f248cdc9c90700', 'hex'))
    expect(() => inflate(inflaterFor({ pool }), Buffer.from('f200110000', 'hex'))).toThrow(expect.objectContaining({ closeCode: 1007 }))
  })

  test('a state that has failed is not among them', () => {
    const pool = new ZlibPool()
    const inflater = inflaterFor({ pool })
    expect(() => inflate(inflater, Buffer.of(0xff))).toThrow()
    inflater.close()
    expect(inflate(inflaterFor({ pool }), deflated('fine')).toString()).toBe('fine')
    expect(pool.heldBytes).toBe(0)
  })
})

describe('the budget', () => {
  const size = sizeOfContext(INFLATE)

  test('covers reservations and states that are held; each is given back once', () => {
    const pool = new ZlibPool({ budget: size * 2 })
    expect(pool.reserve(size)).toBe(true)
    const [a, b] = [pool.borrow(INFLATE), pool.borrow(INFLATE)]
    expect([pool.hold(a), pool.hold(a), pool.heldBytes]).toEqual([true, true, size * 2])
    expect([pool.hold(b), pool.reserve(1), pool.heldBytes]).toEqual([false, false, size * 2])
    pool.giveBack(b)
    expect(pool.heldBytes).toBe(size * 2)
    pool.giveBack(a)
    expect([pool.heldBytes, pool.hold(pool.borrow(INFLATE))]).toEqual([size, true])
    pool.unreserve(size)
    expect(pool.heldBytes).toBe(size)
  })

  test('a held state that is dropped is given back, too', () => {
    const pool = new ZlibPool()
    const context = pool.borrow(DEFLATE)
    pool.hold(context)
    expect(pool.heldBytes).toBe(sizeOfContext(DEFLATE))
    pool.drop(context)
    expect(pool.heldBytes).toBe(0)
  })

  test('of nothing: reserving nothing is always possible, anything else never', () => {
    const pool = new ZlibPool({ budget: 0 })
    expect([pool.reserve(0), pool.reserve(1), pool.hold(pool.borrow(INFLATE)), pool.heldBytes]).toEqual([true, false, false, 0])
  })

  test('without reusable contexts nothing can be kept', () => {
    const pool = new ZlibPool({ reusesContexts: false })
    expect([pool.reserve(0), pool.reserve(1), pool.heldBytes]).toEqual([true, false, 0])
    expect([pool.make(DEFLATE), pool.make(INFLATE)].some((context) => context instanceof NativeContext)).toBe(false)
  })

  test('sizes grow with the window and with memLevel', () => {
    expect(sizeOfContext({ ...DEFLATE, windowBits: 9 })).toBeLessThan(sizeOfContext(DEFLATE))
    expect(sizeOfContext({ ...DEFLATE, memLevel: 1 })).toBeLessThan(sizeOfContext(DEFLATE))
    expect(sizeOfContext({ ...INFLATE, windowBits: 8 })).toBeLessThan(size)
    expect(sizeOfContext(DEFLATE)).toBeGreaterThan(256 * 1024)
  })
})

describe('canReuseContexts', () => {
  test('in this Node, and a pool goes by it', () => {
    expect(canReuseContexts()).toBe(true)
    expect(new ZlibPool().reusesContexts).toBe(true)
    expect(new ZlibPool({ reusesContexts: false }).reusesContexts).toBe(false)
  })

  test.each<[string, (handle: { writeSync: (...args: unknown[]) => void; reset: () => void }) => void]>([
    ['a reset that does nothing', (handle) => { vi.spyOn(handle, 'reset').mockImplementation(() => {}) }],
    ['a writeSync that writes nothing', (handle) => { vi.spyOn(handle, 'writeSync').mockImplementation(() => {}) }],
  ])('not with %s', (_what, spoil) => {
    const handle = (zlib.createDeflateRaw() as unknown as { _handle: object })._handle
    const prototype = Object.getPrototypeOf(Object.getPrototypeOf(handle)) as Parameters<typeof spoil>[0]
    expect(Object.hasOwn(prototype, 'reset') || Object.hasOwn(Object.getPrototypeOf(handle) as object, 'reset')).toBe(true)
    spoil(Object.hasOwn(prototype, 'reset') ? prototype : (Object.getPrototypeOf(handle) as Parameters<typeof spoil>[0]))
    expect(canReuseContexts()).toBe(false)
  })
})

test('bytesOf: short strings share memory, everything else has its own', () => {
  const pool = new ZlibPool()
  const bytes = Buffer.from('own')
  expect(pool.bytesOf(bytes)).toBe(bytes)
  expect(pool.bytesOf('äöü€').toString()).toBe('äöü€')
  expect(pool.bytesOf('a').buffer).toBe(pool.bytesOf('b').buffer)
  const long = ['x'.repeat(65_537), '€'.repeat(21_846)]
  for (const text of long) {
    const kept = pool.bytesOf(text)
    pool.bytesOf('y'.repeat(20_000))
    expect(kept.toString() === text).toBe(true)
  }
  expect(pool.bytesOf('€'.repeat(21_845)).toString() === '€'.repeat(21_845)).toBe(true)
})
