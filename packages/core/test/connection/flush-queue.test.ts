// What waits for the end of the turn: one setImmediate for all.
import { expect, test, vi } from 'vitest'
import { type Flushable, FlushQueue } from '../../src/connection/flush-queue.js'
import { turns } from '../support/wait.js'

function item(log: string[], name: string, action: () => void = () => {}): Flushable {
  return { isQueued: false, flush: () => { log.push(name); action() } }
}

test('one immediate flushes each item once, in order', async () => {
  const immediate = vi.spyOn(globalThis, 'setImmediate')
  const [queue, log]: [FlushQueue, string[]] = [new FlushQueue(), []]
  const [a, b] = [item(log, 'a'), item(log, 'b')]
  for (let i = 0; i < 3; i++) { queue.add(a); queue.add(b) }
  expect(log).toEqual([])
  expect(immediate).toHaveBeenCalledTimes(1)
  immediate.mockRestore()
  await turns(1)
  expect(log).toEqual(['a', 'b'])
  expect([a.isQueued, b.isQueued]).toEqual([false, false])
})

test('what is added while it flushes waits for the next turn', async () => {
  const [queue, log]: [FlushQueue, string[]] = [new FlushQueue(), []]
  const b = item(log, 'b')
  const a = item(log, 'a', () => { queue.add(b); if (log.length < 3) queue.add(a) })
  queue.add(a)
  queue.flush()
  expect(log).toEqual(['a'])
  await turns(4)
  expect(log).toEqual(['a', 'b', 'a', 'b'])
})

test('one that throws keeps no other waiting', async () => {
  const [queue, log]: [FlushQueue, string[]] = [new FlushQueue(), []]
  const bad = item(log, 'bad', () => { throw new Error('mine') })
  const [before, after] = [item(log, 'before'), item(log, 'after')]
  for (const one of [before, bad, after]) queue.add(one)
  expect(() => { queue.flush() }).toThrow('mine')
  await turns(2)
  expect(log).toEqual(['before', 'bad', 'after'])
  expect([before, bad, after].map(({ isQueued }) => isQueued)).toEqual([false, false, false])
})
