import { Buffer } from 'node:buffer'
import fc from '../support/fast-check.js'
import { describe, expect, test, vi } from 'vitest'
import { applyMask } from '../../src/protocol/masking.js'
import { MASKING_KERNEL } from '../../src/protocol/masking-kernel.js'
import { MessageMemory } from '../../src/protocol/message-memory.js'
import { run } from '../soak/run.js'

const MIB = 1024 * 1024
const KEY = 0x12345678

describe('the memory of messages', () => {
  test('a copy has the bytes and shares none of their memory', () => {
    const memory = new MessageMemory()
    for (const size of [0, 1, 4096, 4097, 70_000]) {
      const bytes = Buffer.alloc(size, 7)
      const copy = memory.copy(bytes)
      bytes.fill(0)
      expect(copy.length).toBe(size)
      expect(copy.every((byte) => byte === 7)).toBe(true)
    }
  })

  test('what is allocated is as large as asked for, with memory of its own', () => {
    const memory = new MessageMemory()
    for (const size of [1, 5000, 2 * MIB]) {
      const { length, byteOffset, buffer } = memory.allocate(size)
      expect({ length, byteOffset, held: buffer.byteLength }).toEqual({ length: size, byteOffset: 0, held: size })
    }
  })

  // In a process of its own, because it depends on the heap: without the garbage Node 24 has no scavenge there, and 6 or 7 collections of all.
  test.each(['16384', '131072', '1048576'])('512 MiB of messages of %s bytes are collected with the young part of the heap', { timeout: 60_000 }, async (size) => {
    const { code, output, errors } = await run('message-memory.mjs', size)
    expect([errors, code]).toEqual(['', 0])
    const { minor, major } = JSON.parse(output) as { minor: number; major: number }
    expect(minor).toBeGreaterThanOrEqual(10)
    expect(major).toBeLessThanOrEqual(3)
  })

  test('short messages are unmasked out of the read buffer, next to each other and never over each other', () => {
    const { memory: reads } = MASKING_KERNEL!
    const memory = new MessageMemory()
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 512 }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 9 }), (payloads, start) => {
      const messages = payloads.map((payload) => {
        reads.set(payload, start)
        applyMask(reads, start, start + payload.length, KEY)
        expect(memory.canUnmask(reads, payload.length)).toBe(true)
        return memory.unmask(reads, start, start + payload.length, KEY)
      })
      expect(messages).toEqual(payloads.map((payload) => Buffer.from(payload)))
    }), { numRuns: 50, seed: 6455 })
  })

  test('longer ones, and those elsewhere, are not', () => {
    const memory = new MessageMemory()
    expect(memory.canUnmask(MASKING_KERNEL!.memory, 513)).toBe(false)
    expect(memory.canUnmask(Buffer.alloc(16), 16)).toBe(false)
  })

  test('the first large message of a serving process brings one block that the allocator keeps; a client has none', () => {
    const sizes = vi.spyOn(Buffer, 'allocUnsafeSlow')
    for (const keepsFreedBlocks of [true, false]) {
      const memory = new MessageMemory({ keepsFreedBlocks })
      for (const size of [5_000, 70_000, 80_000]) memory.allocate(size)
    }
    expect(sizes.mock.calls.map(([size]) => size)).toEqual([5_000, 16 * MIB, 70_000, 80_000, 5_000, 70_000, 80_000])
    sizes.mockRestore()
  })

  test('small messages make no garbage', () => {
    const memory = new MessageMemory()
    const before = memory.garbage
    memory.copy(Buffer.alloc(4096))
    memory.allocate(4096)
    expect(memory.garbage).toBe(before)
  })
})
