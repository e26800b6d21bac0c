// The wrapper that faults are made of changes nothing by itself.
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { WebSocketEndpoint } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { inject, settle, transportPair } from '@tocsin/testing'
import { WrappedSocket } from '../../src/faults/fault.js'

function wrapped() {
  const { client, server } = transportPair({ highWaterMark: 16, capacity: 64 })
  return { client, server, socket: new WrappedSocket(client) }
}

describe('WrappedSocket', () => {
  test('passes on bytes and FIN, both ways, and closes when both are through', async () => {
    const { server, socket } = wrapped()
    const [atServer, atSocket] = [[] as string[], [] as string[]]
    server.on('data', (bytes) => atServer.push(String(bytes)))
    socket.on('data', (bytes) => atSocket.push(String(bytes)))
    socket.end('to the server')
    server.end('to the client')
    await Promise.all([once(socket, 'close'), once(server, 'close')])
    expect([atServer, atSocket]).toEqual([['to the server'], ['to the client']])
  })

  test('passes on backpressure', async () => {
    const { server, socket } = wrapped()
    socket.write('x'.repeat(1_000))
    server.write('y'.repeat(1_000_000))
    await settle()
    expect(socket.writableLength).toBe(1_000)
    expect(server.writableLength).toBe(1_000_000)
  })

  test('what came whole can be read after the socket below has closed', async () => {
    const { client, server, socket } = wrapped()
    socket.end()
    server.resume().end('still there')
    await once(client, 'close')
    expect(String(socket.read())).toBe('still there')
  })

  test('passes on a reset of the peer, and its own', async () => {
    const { server, socket } = wrapped()
    const failed = once(socket.resume(), 'error')
    server.resetAndDestroy()
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
    const other = wrapped()
    const reset = once(other.server.resume(), 'error')
    other.socket.resetAndDestroy()
    expect(await reset).toMatchObject([{ code: 'ECONNRESET' }])
  })

  test('destroying it destroys the socket below', async () => {
    const { client, socket } = wrapped()
    socket.destroy()
    await once(client, 'close')
  })
})

test('faults are applied one around the other, the first one nearest to the socket', async () => {
  const log: string[] = []
  const fault = (name: string) => (socket: Duplex): Duplex => {
    log.push(name)
    return new WrappedSocket(socket)
  }
  const endpoint = new WebSocketEndpoint().on('message', (connection, message) => { connection.send(message) })
  await using client = await inject(endpoint, { faults: [fault('inner'), fault('outer')] })
  client.send('through both')
  expect(await client.next()).toBe('through both')
  expect(log).toEqual(['inner', 'outer'])
})
