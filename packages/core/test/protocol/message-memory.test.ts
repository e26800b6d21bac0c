import { Buffer } from 'node:buffer'
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks'
import fc from '../support/fast-check.js'
import { describe, expect, test, vi } from 'vitest'
import { applyMask } from '../../src/protocol/masking.js'
import { MASKING_KERNEL } from '../../src/protocol/masking-kernel.js'
import { MessageMemory } from '../../src/protocol/message-memory.js'

const MIB = 1024 * 1024
const KEY = 0x12345678

/** Node's types leave the detail out. */
type GarbageCollection = PerformanceEntry & { readonly detail: { readonly kind: number } }

/** Resolves when V8 has collected the young part of its heap so often; entries arrive late when the machine is busy. */
async function scavenges(least: number, work: () => Promise<void>): Promise<void> {
  let count = 0
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as GarbageCollection[]) if (entry.detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) count++
  })
  observer.observe({ entryTypes: ['gc'] })
  await work()
  await vi.waitFor(() => expect(count).toBeGreaterThanOrEqual(least), { timeout: 5_000 })
  observer.disconnect()
}

const turn = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 1) })

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

  // 256 MiB bring 64 MiB of garbage: four times what the young part of the heap holds at most. Without it Node 24 collects all of the heap instead, three times.
  test.each([[16 * 1024], [128 * 1024], [MIB]])('messages of %i bytes are collected with the young part of the heap', async (size) => {
    const memory = new MessageMemory()
    const bytes = Buffer.alloc(size)
    await scavenges(4, async () => {
      for (let total = 0; total < 256 * MIB; total += size) {
        memory.copy(bytes)
        if (total % (16 * MIB) === 0) await turn()
      }
    })
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
