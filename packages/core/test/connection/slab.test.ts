// The slab: frames side by side, never over what may still be read.
import { expect, test } from 'vitest'
import { SLAB_PAYLOAD_LIMIT, Slab } from '../../src/connection/slab.js'

test('has room for what is asked, and is never rewound', () => {
  const slab = new Slab()
  const first = slab.reserve(100)
  expect(first.room).toBeGreaterThanOrEqual(100)
  first.writeBytes(0x82, Buffer.alloc(100, 'a'))
  const at = first.position
  expect(slab.reserve(100)).toBe(first)
  expect(slab.reserve(100).position).toBe(at)
  const second = slab.reserve(64 * 1_024)
  expect(second.bytes).not.toBe(first.bytes)
  expect(first.bytes[50]).toBe('a'.charCodeAt(0))
  expect(slab.reserve(1_000_000).room).toBeGreaterThanOrEqual(1_000_000)
})

test('a text of the largest small size fits, whatever its characters', () => {
  const slab = new Slab()
  expect(slab.reserve(10 + SLAB_PAYLOAD_LIMIT * 3).room).toBeGreaterThanOrEqual(10 + SLAB_PAYLOAD_LIMIT * 3)
})

test('the same range is the same view, another range another one', () => {
  const slab = new Slab()
  const { bytes } = slab.reserve(100)
  const view = slab.view(bytes, 10, 20)
  expect(view.equals(bytes.subarray(10, 20))).toBe(true)
  expect(slab.view(bytes, 10, 20)).toBe(view)
  expect(slab.view(bytes, 10, 30)).not.toBe(view)
  expect(slab.view(bytes, 10, 20)).not.toBe(view)
  expect(slab.view(Buffer.from(bytes), 10, 20).buffer).not.toBe(bytes.buffer)
})

test('a whole buffer is its own view', () => {
  const whole = Buffer.alloc(20_000)
  expect(new Slab().view(whole, 0, 20_000)).toBe(whole)
})
