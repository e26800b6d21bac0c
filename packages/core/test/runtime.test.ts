// What a process shares: ids, time, one runtime by default.
import { expect, test } from 'vitest'
import { Runtime, processRuntime } from '../src/runtime.js'
import { testClock } from './support/virtual-clock.js'

test('ids are node.random128, unique, of URL-safe characters', () => {
  const runtime = new Runtime()
  const ids = new Set(Array.from({ length: 5_000 }, () => runtime.createId()))
  expect(ids.size).toBe(5_000)
  for (const id of ids) expect(id).toMatch(/^[\w-]{8}\.[\w-]{22}$/)
  expect([...ids].every((id) => id.startsWith(`${runtime.nodeId}.`))).toBe(true)
})

test('another runtime is another node', () => {
  expect(new Runtime().nodeId).not.toBe(new Runtime().nodeId)
})

test('a process has one by default, however many copies of core there are', () => {
  expect(processRuntime()).toBe(processRuntime())
  expect((process as unknown as Record<symbol, unknown>)[Symbol.for('tocsin.runtime.1')]).toBe(processRuntime())
})

test('moments of its clock are dates', () => {
  const runtime = new Runtime({ clock: testClock() })
  expect(runtime.dateOf(500).toISOString()).toBe('2030-01-01T00:00:00.500Z')
  const real = new Runtime()
  expect(Math.abs(real.dateOf(real.clock.now()).getTime() - Date.now())).toBeLessThan(5_000)
})

test('two runtimes share nothing', () => {
  const [a, b] = [new Runtime(), new Runtime()]
  expect(a.replySlab.reserve(10)).not.toBe(b.replySlab.reserve(10))
  expect(a.wheel).not.toBe(b.wheel)
})

test('unfinished messages share 256 MiB, or what it is told', () => {
  expect(new Runtime().incompleteMessages.limit).toBe(256 * 1024 * 1024)
  expect(new Runtime({ incompleteMessageBudget: 5 }).incompleteMessages.limit).toBe(5)
})

test('its slabs have one budget for what unfinished writes hold', () => {
  const runtime = new Runtime({ slabBudget: 3 * 64 * 1024 })
  const slabs = [runtime.replySlab, runtime.broadcastSlab, runtime.deflatedSlab(15)].map((slab) => slab.reserve(1).bytes)
  const isFull = slabs.map((slab) => {
    runtime.pinnedSlabs.pin(slab)
    return runtime.pinnedSlabs.isFull
  })
  expect(isFull).toEqual([false, false, true])
})
