// A client that reads little, or nothing; time is virtual.
import { Runtime, WebSocketEndpoint } from '@tocsin/core'
import { expect, test } from 'vitest'
import { inject, settle, slowReader, transportPair, virtualClock } from '@tocsin/testing'

test('reads so many bytes at a time, on the given clock', async () => {
  const clock = virtualClock()
  const { client, server } = transportPair()
  const sizes: number[] = []
  const socket = slowReader({ bytes: 4, every: 10, clock })(client).on('data', (bytes: Buffer) => sizes.push(bytes.length))
  server.end('0123456789')
  await clock.advanceAsync(25)
  expect(sizes).toEqual([4, 4])
  let hasEnded = false
  socket.once('end', () => { hasEnded = true })
  await clock.advanceAsync(30)
  expect(sizes).toEqual([4, 4, 2])
  expect([hasEnded, clock.pending]).toEqual([true, 0])
})

test('reads nothing at all', async () => {
  const { client, server } = transportPair({ highWaterMark: 10, capacity: 100 })
  let received = 0
  slowReader()(client).on('data', () => { received++ })
  server.write('x'.repeat(1_000))
  await settle()
  expect(received).toBe(0)
  expect(server.writableLength).toBe(1_000)
})

test('its timer ends with the socket', async () => {
  const clock = virtualClock()
  const { client } = transportPair()
  slowReader({ bytes: 1, clock })(client).destroy()
  await settle()
  expect(clock.pending).toBe(0)
})

test('waits while its own reader does', async () => {
  const clock = virtualClock()
  const { client, server } = transportPair()
  const socket = slowReader({ bytes: 30_000, every: 1, clock })(client)
  server.write('x'.repeat(200_000))
  await clock.advanceAsync(20)
  expect(socket.readableLength).toBeLessThanOrEqual(socket.readableHighWaterMark + 30_000)
})

test('C3 an endpoint meets a slow consumer: closed with 1013 where it reads nothing, served in time where it reads', async () => {
  const clock = virtualClock()
  const runtime = new Runtime({ clock })
  const endpoint = new WebSocketEndpoint({ runtime, pushOnly: true, maxBufferedAmount: 300_000, closeTimeout: 1_000, heartbeat: false })
  const message = 'x'.repeat(100_000)
  const slow = await inject(endpoint)
  slow.pause()
  const steady = inject(endpoint, { faults: [slowReader({ bytes: 10_000, every: 1, clock })] })
  await clock.advanceAsync(5)
  const client = await steady
  for (let i = 0; i < 10; i++) {
    endpoint.broadcast(message)
    await clock.advanceAsync(15)
    expect(await client.next()).toBe(message)
  }
  await clock.advanceAsync(2_000)
  expect([...endpoint.connections].length).toBe(1)
  slow.resume()
  expect((await slow.closed).clean).toBe(false)
  expect(client.isOpen).toBe(true)
})
