// FEATURES A7, A9-A13: reaching connections from outside, by id or by walking through all of them.
import { once } from 'node:events'
import { get } from 'node:http'
import { describe, expect, test } from 'vitest'
import { CloseFrame, Frame, Opcode, UsageError, type WebSocketEndpoint } from '../../src/index.js'
import { dial } from '../support/raw-peer.js'
import { type Served, serve } from '../support/serve.js'
import { until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

async function pair(): Promise<Served<undefined> & { id: string; peer: Awaited<ReturnType<typeof dial>> }> {
  const served = await serve()
  const peer = await dial(served.port)
  return { ...served, peer, id: (await served.connection()).id }
}

describe('A7: an HTTP handler broadcasts', () => {
  const loop = (endpoint: WebSocketEndpoint, text: string): number => {
    let delivered = 0
    for (const connection of endpoint.connections) if (endpoint.isEstablished(connection.id) && endpoint.push(connection.id, text)) delivered++
    return delivered
  }

  test.each([['the loop over connections', loop], ['broadcast()', (endpoint: WebSocketEndpoint, text: string) => endpoint.broadcast(text)]] as const)('%s', async (_how, announce) => {
    const { endpoint, server, port, opened } = await serve()
    server.on('request', ({ url }, response) => { response.end(String(announce(endpoint, new URL(url!, 'http://x').searchParams.get('message')!))) })
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectWs(port)))
    await until(() => opened.length === 20)
    const [response] = await once(get({ port, path: '/?message=hi', host: '127.0.0.1', agent: false }), 'response') as [NodeJS.ReadableStream]
    const [body] = await once(response, 'data') as [Buffer]
    expect(body.toString()).toBe('20')
    for (const client of clients) expect(await client.received(1)).toEqual(['hi'])
  })
})

describe('A9: push', () => {
  test('text, bytes, frames with their own opcode, control frames, empty messages: true', async () => {
    const { endpoint, id, peer } = await pair()
    const results = [
      endpoint.push(id, 'text'), endpoint.push(id, Buffer.from('bytes')), endpoint.push(id, ''), endpoint.push(id, 'as binary', { opcode: Opcode.Binary }),
      endpoint.push(id, new Frame({ opcode: Opcode.Text, payload: 'frame' })), endpoint.push(id, 'p', { opcode: Opcode.Ping }),
      endpoint.push(id, 'part', { fin: false }), endpoint.push(id, 'end'),
    ]
    expect(results).toEqual(results.map(() => true))
    await peer.frame(7)
    expect(peer.frames.map(({ opcode, fin, payload }) => [opcode, fin, payload.toString()])).toEqual([
      [1, true, 'text'], [2, true, 'bytes'], [1, true, ''], [2, true, 'as binary'], [1, true, 'frame'], [9, true, 'p'], [1, false, 'part'], [0, true, 'end'],
    ])
  })

  test('an unknown or closing connection, or an opcode outside the RFC: false, never an exception, and counted', async () => {
    const { endpoint, id } = await pair()
    expect(endpoint.push('unknown', 'x')).toBe(false)
    expect(endpoint.push('__proto__', 'x')).toBe(false)
    for (const opcode of [3, 7, 0xb, 0x10, -1]) expect(endpoint.push(id, 'x', { opcode })).toBe(false)
    endpoint.disconnect(id)
    expect(endpoint.push(id, 'x')).toBe(false)
    expect(endpoint.stats().sendsRefused).toBe(8)
  })

  test('the reason can be had: the connection is unknown, closing, or its outbox was full', async () => {
    const { endpoint, port, connection, closeEvent } = await serve({ maxBufferedAmount: 1_000 })
    await dial(port)
    const { id } = await connection()
    expect(endpoint.push(id, 'x'.repeat(2_000))).toBe(false)
    expect(endpoint.connectionInfo(id)).toMatchObject({ state: 'closing' })
    expect(await closeEvent()).toMatchObject({ code: 1013, error: { code: 'WS_ERR_SLOW_CONSUMER' } })
    expect(endpoint.connectionInfo(id)).toBeUndefined()
  })

  test('a Close frame starts the closing handshake', async () => {
    const { endpoint, id, peer, closeEvent } = await pair()
    expect(endpoint.push(id, new CloseFrame(4000, 'bye'))).toBe(true)
    expect(await peer.closeFrame()).toMatchObject({ code: 4000, reason: 'bye' })
    peer.sendClose(4000)
    expect(await closeEvent()).toMatchObject({ code: 4000, clean: true, initiator: 'local' })
  })

  test('nothing precedes the 101', async () => {
    const { endpoint, port } = await serve({ upgrade: async (handshake) => { await Promise.resolve(); return handshake.accept() } })
    endpoint.on('open', (connection) => { endpoint.push(connection.id, 'first') })
    const peer = await dial(port)
    await peer.frame(0)
    expect(peer.head).toMatch(/^HTTP\/1\.1 101 /)
  })

  test('what is no message is a usage error', async () => {
    const { endpoint, id } = await pair()
    for (const value of [1, {}, null, [1], undefined]) expect(() => endpoint.push(id, value as never)).toThrow(UsageError)
  })
})

test('A10: exists and isEstablished', async () => {
  const { endpoint, id, peer, closed } = await pair()
  expect([endpoint.exists(id), endpoint.isEstablished(id)]).toEqual([true, true])
  endpoint.disconnect(id)
  expect([endpoint.exists(id), endpoint.isEstablished(id)]).toEqual([true, false])
  peer.sendClose()
  await until(() => closed.length === 1)
  expect([endpoint.exists(id), endpoint.isEstablished(id)]).toEqual([false, false])
  expect([endpoint.exists('unknown'), endpoint.isEstablished('unknown')]).toEqual([false, false])
})

test('A11: connectionInfo', async () => {
  const { endpoint, port, clock, connection } = await serve({ subprotocols: ['chat'] })
  endpoint.on('message', (connection, message) => { connection.send(message) })
  const peer = await dial(port, { headers: ['Sec-WebSocket-Protocol: chat'] })
  const { id } = await connection()
  const connectedAt = new Date(clock.timeOrigin + clock.now())
  expect(endpoint.connectionInfo(id)).toMatchObject({
    id, state: 'open', remoteAddress: '127.0.0.1', remotePort: peer.socket.localPort, localPort: port, subprotocol: 'chat', topics: [],
    connectedAt, lastReceivedAt: connectedAt, lastSentAt: undefined, bytesReceived: 0, bytesSent: 0, bufferedAmount: 0, isPaused: false,
  })
  clock.advance(1_000)
  peer.send('hello')
  await peer.frame(0)
  const later = new Date(connectedAt.getTime() + 1_000)
  expect(endpoint.connectionInfo(id)).toMatchObject({ lastReceivedAt: later, lastSentAt: later, bytesReceived: 11, bytesSent: 7 })
  expect(endpoint.connectionInfo('unknown')).toBeUndefined()
})

describe('A12: connections', () => {
  test('iterable, size, get, has', async () => {
    const { endpoint, port, opened } = await serve()
    await Promise.all(Array.from({ length: 5 }, () => dial(port)))
    await until(() => opened.length === 5)
    expect(endpoint.connections.size).toBe(5)
    expect([...endpoint.connections]).toEqual(opened)
    expect(endpoint.connections.get(opened[3]!.id)).toBe(opened[3])
    expect(endpoint.connections.has('x')).toBe(false)
    expect(new Set(opened.map(({ id }) => id)).size).toBe(5)
  })

  test('safe to mutate while iterating: close, terminate and send inside the loop and inside a broadcast', async () => {
    const { endpoint, port, opened, closed } = await serve()
    const peers = await Promise.all(Array.from({ length: 6 }, () => dial(port)))
    await until(() => opened.length === 6)
    let visited = 0
    for (const connection of endpoint.connections) {
      visited++
      connection.send('x')
      if (visited % 2 === 0) connection.terminate()
      if (visited === 1) for (const other of endpoint.connections) if (other !== connection) other.send('inner')
    }
    expect(visited).toBe(6)
    const delivered = endpoint.broadcast('to all', { filter: (connection) => { opened[0]!.close(); opened[4]!.terminate(); return connection !== opened[0] } })
    expect(delivered).toBe(1)
    peers.forEach((peer) => peer.sendClose())
    await until(() => closed.length >= 5)
    expect(endpoint.connections.size).toBeLessThanOrEqual(1)
  })
})

describe('A13: disconnect', () => {
  test('a closing handshake with a deadline', async () => {
    const { endpoint, id, peer, closeEvent, clock } = await pair()
    expect(endpoint.disconnect(id, 4000, 'bye')).toBe(true)
    expect(endpoint.disconnect(id)).toBe(false)
    expect(await peer.closeFrame()).toMatchObject({ code: 4000, reason: 'bye' })
    clock.advance(10_200)
    expect(await closeEvent()).toMatchObject({ code: 1006, clean: false, initiator: 'local', error: { code: 'WS_ERR_CLOSE_TIMEOUT' } })
    await peer.closed()
    expect(endpoint.disconnect('unknown')).toBe(false)
  })

  test('another code or a longer reason: a clear error, the connection unharmed', async () => {
    const { endpoint, id } = await pair()
    for (const code of [1004, 1005, 1006, 1015, 999, 2999, 5000]) expect(() => endpoint.disconnect(id, code)).toThrow(expect.objectContaining({ code: 'WS_ERR_CLOSE_CODE' }))
    expect(() => endpoint.disconnect(id, 1000, 'x'.repeat(124))).toThrow(expect.objectContaining({ code: 'WS_ERR_CLOSE_REASON' }))
    expect(endpoint.isEstablished(id)).toBe(true)
    for (const code of [1000, 1003, 1007, 1014, 3000, 4999]) expect(() => new CloseFrame(code)).not.toThrow()
  })

  test('after a failure: Close, FIN, then the peer\'s bytes are read and thrown away for a second', async () => {
    const { peer, closeEvent, clock } = await pair()
    peer.socket.write(Buffer.from('8100', 'hex')) // not masked
    expect(await peer.closeFrame()).toMatchObject({ code: 1002 })
    await peer.ended()
    clock.advance(1_200)
    expect(await closeEvent()).toMatchObject({ code: 1002, clean: false })
  })
})
