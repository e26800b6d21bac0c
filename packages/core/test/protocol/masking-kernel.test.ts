// The masking transform in WebAssembly: the same as byte by byte, and nothing beside it is touched.
import { Buffer } from 'node:buffer'
import fc from '../support/fast-check.js'
import { expect, test } from 'vitest'
import { applyMask, canUnmaskAside, readMaskingKey, unmaskAside } from '../../src/protocol/masking.js'
import { MASKING_KERNEL } from '../../src/protocol/masking-kernel.js'

const kernel = MASKING_KERNEL!

/** RFC 6455 §5.3, word for word. */
const plainly = (bytes: Uint8Array, key: Uint8Array): Buffer => Buffer.from(bytes.map((byte, i) => byte ^ key[i % 4]!))

const memory = fc.record({
  start: fc.integer({ min: 0, max: 300 }),
  payload: fc.uint8Array({ minLength: 0, maxLength: 400 }),
  key: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  from: fc.integer({ min: 0, max: 20 }),
})

test('this Node has it, with a page for payloads and one aside', () => {
  expect(kernel.memory.length).toBe(64 * 1024)
  expect(kernel.aside.byteLength).toBe(64 * 1024)
})

test('any range of its memory, at any offset, of any view: as byte by byte, and the rest stays', () => {
  fc.assert(fc.property(memory, ({ start, payload, key, from }) => {
    kernel.memory.fill(0xa5, 0, 1_000)
    kernel.memory.set(payload, start + from)
    const view = kernel.memory.subarray(from)
    const seen = applyMask(view, start, start + payload.length, readMaskingKey(key, 0))
    const expected = plainly(payload, key)
    expect(Buffer.from(view.subarray(start, start + payload.length))).toEqual(expected)
    expect(seen <= 0x7f).toBe(expected.every((byte) => byte <= 0x7f))
    expect(kernel.memory.subarray(0, start + from).every((byte) => byte === 0xa5)).toBe(true)
    expect(kernel.memory.subarray(start + from + payload.length, 1_000).every((byte) => byte === 0xa5)).toBe(true)
  }), { numRuns: 500, seed: 6455 })
})

test('all of it', () => {
  kernel.memory.fill('a')
  expect(applyMask(kernel.memory, 0, kernel.memory.length, 0x20202020)).toBeLessThanOrEqual(0x7f)
  expect(kernel.memory.every((byte) => byte === 0x41)).toBe(true)
})

test('aside: any range, at any offset, of any view; what it came from stays', () => {
  fc.assert(fc.property(memory, ({ start, payload, key, from }) => {
    kernel.memory.fill(0xa5, 0, 1_000)
    kernel.memory.set(payload, start + from)
    const before = Buffer.from(kernel.memory)
    const words = unmaskAside(kernel.memory.subarray(from), start, start + payload.length, readMaskingKey(key, 0))
    expect(Buffer.from(words.buffer, words.byteOffset, payload.length)).toEqual(plainly(payload, key))
    expect(kernel.memory.equals(before)).toBe(true)
  }), { numRuns: 500, seed: 6455 })
})

test('aside: up to the last byte of the page, and only what lies in it', () => {
  kernel.memory.fill('a')
  const words = unmaskAside(kernel.memory, kernel.memory.length - 5, kernel.memory.length, 0x20202020)
  expect(Buffer.from(words.buffer, words.byteOffset, 5).toString()).toBe('AAAAA')
  expect(canUnmaskAside(kernel.memory.subarray(3))).toBe(true)
  expect(canUnmaskAside(Buffer.alloc(8))).toBe(false)
})
