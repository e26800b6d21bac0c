// One encoding for all receivers (FEATURES C4).
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { type SharedFrame, encodeLargeText, encodeSharedBytes, encodeSharedText, encodeWhole } from '../../src/connection/shared-frame.js'
import { SLAB_PAYLOAD_LIMIT, Slab } from '../../src/connection/slab.js'
import { Opcode, unpack } from '../../src/protocol/index.js'

const decode = ({ bytes, start, end }: SharedFrame) => unpack(bytes.subarray(start, end))!

describe.each([0, 1, 125, 126, SLAB_PAYLOAD_LIMIT, SLAB_PAYLOAD_LIMIT + 1, 65_535, 65_536, 100_000])('%s characters or bytes', (size) => {
  test('text', () => {
    for (const text of ['x'.repeat(size), 'é'.repeat(size), '€'.repeat(size)]) {
      const frame = encodeSharedText(new Slab(), text)
      const { frame: decoded, bytesConsumed } = decode(frame)
      expect(decoded).toMatchObject({ opcode: Opcode.Text, fin: true })
      expect(decoded.payload.equals(Buffer.from(text))).toBe(true)
      expect(bytesConsumed).toBe(frame.size)
    }
  })

  test('bytes, also as text', () => {
    const bytes = Buffer.alloc(size, 'y')
    expect(decode(encodeSharedBytes(new Slab(), 0x82, bytes)).frame).toMatchObject({ opcode: Opcode.Binary })
    const asText = decode(encodeSharedBytes(new Slab(), 0x81, bytes)).frame
    expect(asText.opcode).toBe(Opcode.Text)
    expect(asText.payload.equals(bytes)).toBe(true)
  })

  test('in a buffer of its own', () => {
    const bytes = Buffer.alloc(size, 'y')
    expect(unpack(encodeWhole(0x82, bytes))!.frame.payload.equals(bytes)).toBe(true)
    expect(unpack(encodeLargeText(0x81, '€'.repeat(size)))!.bytesConsumed).toBe(encodeLargeText(0x81, '€'.repeat(size)).length)
  })
})

test('small frames stand side by side in the slab, large ones by themselves', () => {
  const slab = new Slab()
  const [a, b, large] = [encodeSharedText(slab, 'a'), encodeSharedText(slab, 'b'), encodeSharedText(slab, 'x'.repeat(10_000))]
  expect(b.bytes).toBe(a.bytes)
  expect(b.start).toBe(a.end)
  expect(large.bytes).not.toBe(a.bytes)
  expect([large.start, large.end]).toEqual([0, large.bytes.length])
})

test('the lasting copy is made once, outside of the slab; a large frame is its own', () => {
  const slab = new Slab()
  const [small, large] = [encodeSharedText(slab, 'a'), encodeSharedText(slab, 'x'.repeat(10_000))]
  expect(small.lasting).toBe(small.lasting)
  expect(small.lasting.buffer).not.toBe(small.bytes.buffer)
  expect(large.lasting).toBe(large.bytes)
  expect(decode(small.detached()).frame.payload.toString()).toBe('a')
  expect(small.detached().bytes).toBe(small.lasting)
})
