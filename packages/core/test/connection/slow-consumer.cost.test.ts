// What waits for a slow peer is charged with what it takes, not only with its bytes: tiny messages do not wait by the million.
import { expect, test } from 'vitest'
import { WAITING_OVERHEAD } from '../../src/connection/send-limits.js'
import { SharedMessage } from '../../src/connection/shared-message.js'
import type { Bench } from '../support/bench.js'
import { blocked, readAll } from '../support/blocked.js'
import { collect } from '../support/collect.js'
import { turns } from '../support/wait.js'

const limit = 100 * (3 + WAITING_OVERHEAD)

test('tiny messages: 1013 long before their bytes are maxBufferedAmount, which bufferedAmount still counts', async () => {
  const b = await blocked({ maxBufferedAmount: limit + 7 })
  for (let i = 0; i < 100; i++) expect(b.connection.send('e')).toBe(true)
  expect(b.connection.bufferedAmount).toBe(7 + 100 * 3)
  expect(b.connection.send('e')).toBe(false)
  expect(b.host.counters).toMatchObject({ slowConsumersClosed: 1, messagesDropped: 100, bytesDropped: 300 })
})

test('a broadcast counts for each of its receivers', async () => {
  const b = await blocked({ maxBufferedAmount: limit + 7, slowConsumer: 'drop-newest' })
  const message = new SharedMessage(b.runtime, 'e')
  expect(Array.from({ length: 101 }, () => b.connection.sendShared(message)).filter(Boolean)).toHaveLength(100)
})

test.each([
  ['fragments', (b: Bench) => b.connection.send('e', { fin: false })],
  ['Pings of the application', (b: Bench) => b.connection.ping('e')],
])('%s, which no policy drops', async (_name, send) => {
  const b = await blocked({ maxBufferedAmount: limit + 7, slowConsumer: 'drop-oldest' })
  expect(Array.from({ length: 150 }, () => send(b)).filter(Boolean)).toHaveLength(100)
  expect([b.connection.bufferedAmount, b.connection.isEstablished]).toEqual([7 + 100 * 3, true])
  b.stream.release()
  await turns()
  expect([send(b), b.wire.outgoing.heldCost]).toEqual([true, 3])
})

test('a short piece of a long string does not keep the long one', async () => {
  const b = await blocked()
  const one = await heapFor(200, () => { b.connection.send(`${'x'.repeat(99_999)}${Math.random()}`.slice(0, 20)) })
  expect(one).toBeLessThan(20_000)
  expect(await readAll(b)).toEqual(Array.from({ length: 200 }, () => 'x'.repeat(20)))
})

/** What one of them leaves behind. */
async function heapFor(count: number, send: () => void): Promise<number> {
  await collect()
  const before = process.memoryUsage()
  for (let i = 0; i < count; i++) send()
  await collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers - before.heapUsed - before.arrayBuffers) / count
}
