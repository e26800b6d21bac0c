// Pieces of any size, and what is held for them.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ByteCollector } from '../../src/protocol/byte-collector.js'
import { noise } from '../support/samples.js'

const BLOCK = 64 * 1024

afterEach(() => { vi.restoreAllMocks() })

function collect(sizes: readonly number[]): { expected: Buffer; taken: Buffer } {
  const collector = new ByteCollector()
  const pieces = sizes.map((size, i) => noise(size, i + 1))
  for (const piece of pieces) collector.append(piece, piece.length)
  return { expected: Buffer.concat(pieces), taken: collector.take() }
}

it.each([[], [0], [1], [255, 1, 1], [256, 256], [257, 512, 1], [BLOCK - 1, 1, 1], [BLOCK, BLOCK, 1], [BLOCK + 1], [1, BLOCK * 2, 3], [300_000, 1, 0, 300_000], Array.from({ length: 2_000 }, () => 1)].map((sizes) => [sizes.length, sizes]))('%i pieces in order', (_count, sizes) => {
  const { expected, taken } = collect(sizes as number[])
  expect(taken.equals(expected)).toBe(true)
})

it('takes only as much of a piece as it is told', () => {
  const collector = new ByteCollector()
  collector.append(Buffer.from('Hello, world'), 5)
  collector.append(Buffer.from('!?'), 1)
  expect(collector.take().toString()).toBe('Hello!')
})

it('copies: a piece may change afterwards', () => {
  const collector = new ByteCollector()
  const piece = Buffer.from('Hello')
  collector.append(piece, 5)
  piece.fill('x')
  expect(collector.take().toString()).toBe('Hello')
})

describe('memory', () => {
  it('holds what has come and at most one block more', () => {
    const allocations = vi.spyOn(Buffer, 'allocUnsafeSlow')
    const collector = new ByteCollector()
    const piece = noise(10_000)
    let received = 0
    for (let i = 0; i < 300; i++) {
      const size = (i * 37) % 10_000
      collector.append(piece, size)
      received += size
      const held = allocations.mock.calls.reduce((sum, [bytes]) => sum + bytes, 0)
      expect(held).toBeLessThanOrEqual(received + Math.min(BLOCK, Math.max(256, received * 2)))
    }
    expect(received).toBeGreaterThan(1_000_000)
    expect(Math.max(...allocations.mock.calls.map(([bytes]) => bytes))).toBe(BLOCK)
  })

  it('a single byte costs a small block, and what came in one block is not copied again', () => {
    const allocations = vi.spyOn(Buffer, 'allocUnsafeSlow')
    const concat = vi.spyOn(Buffer, 'concat')
    const collector = new ByteCollector()
    collector.append(Buffer.of(1), 1)
    collector.append(Buffer.of(2), 1)
    expect(collector.take()).toEqual(Buffer.of(1, 2))
    expect(allocations.mock.calls).toEqual([[256]])
    expect(concat).not.toHaveBeenCalled()
  })
})

it('says how much memory it holds: never more than what has come and one block', () => {
  const collector = new ByteCollector()
  expect(collector.capacity).toBe(0)
  let size = 0
  for (const piece of [1, 300, 1, BLOCK, 5 * BLOCK, 7]) {
    collector.append(noise(piece), piece)
    size += piece
    expect(collector.capacity).toBeGreaterThanOrEqual(size)
    expect(collector.capacity).toBeLessThanOrEqual(size + Math.max(256, 2 * size, BLOCK))
  }
})
