// FEATURES A31, A32, A33: an endpoint as a whole: its numbers, its topics, its end.
import { describe, expect, test } from 'vitest'
import { dial, request } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { gate, turns, until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

test('A31: stats', async () => {
  const { endpoint, port, opened, closed } = await serve({ upgrade: (handshake) => (handshake.request.url === '/no' ? handshake.reject(403) : handshake.accept()) })
  endpoint.on('message', (connection, message) => { connection.subscribe('t').send(message) })
  expect(endpoint.stats()).toEqual({ connections: 0, pendingHandshakes: 0, topics: 0, accepted: 0, refused: 0, closed: 0,
    messagesReceived: 0, messagesSent: 0, messagesDeflated: 0, messagesInflated: 0, bytesReceived: 0, bytesSent: 0, bytesDropped: 0, sendsRefused: 0,
    messagesDropped: 0, slowConsumersClosed: 0, congested: 0 })
  const [a, b] = [await dial(port), await dial(port)]
  await (await request(port, { path: '/no' })).refused()
  a.send('12345', '67890')
  await a.frame(1)
  b.ping()
  await b.frame(0)
  await until(() => opened.length === 2)
  expect(endpoint.stats()).toMatchObject({ connections: 2, topics: 1, accepted: 2, refused: 1, closed: 0, messagesReceived: 2, messagesSent: 2, bytesReceived: 2 * 11 + 6, bytesSent: 2 * 7 + 2 })
  a.sendClose()
  await until(() => closed.length === 1)
  expect(endpoint.broadcast('x')).toBe(1)
  expect(endpoint.stats()).toMatchObject({ connections: 1, topics: 0, closed: 1, messagesSent: 3 })
})

describe('A32: endpoint.close()', () => {
  test('nobody comes in (503), everybody gets 1001 after what was accepted before, close handlers are awaited', async () => {
    const { endpoint, port, opened } = await serve()
    const handling = gate()
    endpoint.on('close', () => handling.promise)
    const clients = await Promise.all(Array.from({ length: 5 }, () => connectWs(port)))
    await until(() => opened.length === 5)
    endpoint.broadcast('last words')
    let isOver = false
    const closing = endpoint.close().then(() => { isOver = true })
    const late = await (await request(port)).refused()
    expect([late.status, late.header('retry-after')]).toEqual([503, '1'])
    for (const client of clients) {
      expect(await client.closed()).toEqual({ code: 1001, reason: '' })
      expect(client.messages).toEqual(['last words'])
    }
    await until(() => endpoint.connections.size === 0)
    expect(isOver).toBe(false)
    handling.open()
    await closing
    expect((await (await request(port)).refused()).status).toBe(404)
  })

  test('code and reason are a choice', async () => {
    const { endpoint, port, connection } = await serve()
    const client = await connectWs(port)
    await connection()
    await endpoint.close({ code: 1012, reason: 'restart' })
    expect(await client.closed()).toEqual({ code: 1012, reason: 'restart' })
  })

  test('at the deadline TCP is cut, whoever does not answer', async () => {
    const { endpoint, port, clock, connection, closeEvent } = await serve()
    const peer = await dial(port)
    await connection()
    const closing = endpoint.close({ deadline: 2_000 })
    expect(await peer.closeFrame()).toMatchObject({ code: 1001 })
    clock.advance(2_200)
    await closing
    expect(await closeEvent()).toMatchObject({ code: 1006, initiator: 'local' })
    await peer.closed()
  })

  test('at the deadline it is over, even when a close handler does not settle', async () => {
    const { endpoint, port, clock, connection } = await serve()
    endpoint.on('close', () => new Promise(() => {}))
    const client = await connectWs(port)
    await connection()
    const closing = endpoint.close({ deadline: 2_000 })
    await client.closed()
    clock.advance(2_200)
    await closing
  })

  test('is idempotent; out of range it throws and nothing has begun', async () => {
    const { endpoint, port, connection } = await serve()
    const client = await connectWs(port)
    await connection()
    for (const options of [{ code: 1006 }, { code: 5 }, { reason: 'x'.repeat(124) }, { deadline: 0 }, { deadline: Number.NaN }, { deadline: '5' as never }]) {
      expect(() => endpoint.close(options)).toThrow(expect.objectContaining({ name: 'UsageError' }))
    }
    expect(endpoint.connections.size).toBe(1)
    const closing = endpoint.close()
    expect(endpoint.close({ code: 1012 })).toBe(closing)
    expect(endpoint.close()).toBe(closing)
    await closing
    expect((await client.closed()).code).toBe(1001)
  })

  test('await using', async () => {
    const served = await serve()
    const client = await connectWs(served.port)
    await served.connection()
    {
      await using endpoint = served.endpoint
      expect(endpoint.connections.size).toBe(1)
    }
    expect((await client.closed()).code).toBe(1001)
  })

  test('inside a handler of one of its connections', async () => {
    const { endpoint, port, clock } = await serve()
    let closing: Promise<void> | undefined
    endpoint.on('message', async () => { await (closing = endpoint.close({ deadline: 1_000 })) })
    const client = await connectWs(port)
    client.socket.send('stop')
    expect((await client.closed()).code).toBe(1001)
    clock.advance(1_200)
    await closing
  })

  test('with messages in flight: what was accepted is sent before the Close', async () => {
    const { endpoint, port } = await serve()
    endpoint.on('message', async (connection, message) => { connection.send(`${String(message)} taken`); await turns(1); void endpoint.close() })
    const client = await connectWs(port)
    client.socket.send('a')
    await client.closed()
    expect(client.messages).toEqual(['a taken'])
  })
})

describe('A32: httpServer.close()', () => {
  test('drains with 1001, and then the server is closed', async () => {
    const { server, port, connection } = await serve()
    const client = await connectWs(port)
    await connection()
    const closed = new Promise((resolve) => { server.close(resolve) })
    expect(await client.closed()).toMatchObject({ code: 1001 })
    await closed
  })

  test('leaves connections of other servers alone', async () => {
    const one = await serve()
    const other = await serve({ runtime: one.runtime })
    const third = (await import('node:http')).createServer()
    one.endpoint.attach(third)
    const { listen } = await import('../support/serve.js')
    const client = await connectWs(await listen(third))
    const first = await connectWs(one.port)
    await until(() => one.opened.length === 2)
    third.close()
    expect(await client.closed()).toMatchObject({ code: 1001 })
    expect(first.close).toBeUndefined()
    expect([one.endpoint.connections.size, other.endpoint.connections.size]).toEqual([1, 0])
  })

  test('opted out, it does not', async () => {
    const { server, port, connection, endpoint } = await serve({ drainOnServerClose: false })
    const client = await connectWs(port)
    const held = await connection()
    server.close()
    await turns(10)
    expect(held.isEstablished).toBe(true)
    await endpoint.close()
    expect(await client.closed()).toMatchObject({ code: 1001 })
  })
})

describe('A33: topics', () => {
  test('subscribe, publish, count, list, disconnect', async () => {
    const { endpoint, port, opened, closed } = await serve<string>({ upgrade: (handshake) => handshake.accept(handshake.request.url!.slice(1)) })
    endpoint.on('open', (connection) => { connection.subscribe(`user:${connection.data}`) })
    const clients = await Promise.all(['anna', 'anna', 'ben'].map((name) => connectWs(port, { path: `/${name}` })))
    await until(() => opened.length === 3)
    const annas = endpoint.topic('user:anna')
    expect([annas.name, annas.size, endpoint.stats().topics]).toEqual(['user:anna', 2, 2])
    expect([...annas].map(({ data }) => data)).toEqual(['anna', 'anna'])
    const [first] = annas
    expect(annas.has(first!)).toBe(true)
    expect(endpoint.publish('user:anna', 'for anna')).toBe(2)
    expect(annas.publish('again', { except: first! })).toBe(1)
    expect(endpoint.publish('nobody', 'x')).toBe(0)
    expect(endpoint.topic('nobody').size).toBe(0)
    first!.unsubscribe('user:anna')
    expect(annas.size).toBe(1)
    expect(annas.disconnect(4000, 'moved')).toBe(1)
    expect(annas.disconnect()).toBe(0)
    await until(() => closed.length === 1)
    expect(endpoint.stats().topics).toBe(1)
    const ben = clients.find(({ messages }) => messages.length === 0)!
    expect(ben.close).toBeUndefined()
    expect(clients.map(({ messages }) => messages.length).reduce((sum, count) => sum + count)).toBe(3)
    expect(clients.filter(({ messages }) => messages.includes('again')).length).toBe(1)
  })
})
