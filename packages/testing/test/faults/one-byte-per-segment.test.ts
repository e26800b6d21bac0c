// Writes in tiny segments, in memory and over TCP.
import { once } from 'node:events'
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net'
import { WebSocketEndpoint } from '@tocsin/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect, inSegments, inject, oneBytePerSegment, settle, tinyFragments, transportPair } from '@tocsin/testing'

describe('in memory', () => {
  test('every byte is a chunk of its own; FIN follows behind the last', async () => {
    const { client, server } = transportPair()
    const socket = oneBytePerSegment()(client)
    const chunks: string[] = []
    server.on('data', (bytes) => chunks.push(String(bytes)))
    socket.write('abc')
    socket.end('de')
    await once(server, 'end')
    expect(chunks).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('segments of another size', async () => {
    const { client, server } = transportPair()
    const sizes: number[] = []
    server.on('data', (bytes: Buffer) => sizes.push(bytes.length))
    inSegments(4)(client).write('0123456789')
    await settle(16)
    expect(sizes).toEqual([4, 4, 2])
  })

  test('a write ends with the connection', async () => {
    const { client, server } = transportPair()
    const socket = oneBytePerSegment()(client)
    const failed = once(socket.resume(), 'error')
    socket.write('x'.repeat(1_000))
    server.once('data', () => server.resetAndDestroy())
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
  })
})

test('over TCP, the server reads byte by byte', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => { server.close() })
  const client = connectTcp((server.address() as AddressInfo).port, '127.0.0.1')
  const [peer] = await once(server, 'connection')
  let reads = 0
  peer.on('data', () => { reads++ })
  oneBytePerSegment()(client).end('x'.repeat(50))
  await once(peer, 'end')
  expect(reads).toBeGreaterThan(25)
})

test('SECURITY one byte per TCP segment, tiny fragments: an endpoint takes them as if they came whole', async () => {
  const endpoint = new WebSocketEndpoint().on('message', (connection, message) => { connection.send(message) })
  const { port } = await endpoint.listen(0, '127.0.0.1')
  onTestFinished(() => endpoint.close())
  const faults = [oneBytePerSegment()]
  for (const client of [await inject(endpoint, { faults }), await connect({ port, faults })]) {
    for (const frame of tinyFragments('n\u00e4\u00efve \u{1f514}')) client.sendFrame(frame)
    expect(await client.next()).toBe('n\u00e4\u00efve \u{1f514}')
    expect((await client.close()).clean).toBe(true)
  }
})

test.each([0, -1, 1.5, Number.NaN])('refuses segments of %s bytes', (size) => {
  expect(() => inSegments(size)).toThrow(RangeError)
})
