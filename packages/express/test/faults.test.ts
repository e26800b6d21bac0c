// SECURITY, the opening handshake: peers that go away or misbehave while middleware is at work.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { upgrade } from '@tocsin/express'
import { connectionsOf, connectRaw, delay, readToEnd, recorder, start, upgradeRequest, waitUntil } from './support/application.js'
import { connect } from './support/client.js'

describe('C2: while asynchronous middleware is at work', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['RST', (socket) => { socket.resetAndDestroy() }],
    ['FIN', (socket) => { socket.end() }],
    ['garbage, then RST', (socket) => { socket.write('\0garbage\r\n\r\n', () => socket.resetAndDestroy()) }],
  ])('%s: the response closes, the endpoint hears of it once, nothing is left', async (_fault, strike) => {
    const { chat, opened, refusals } = recorder()
    const log: string[] = []
    const { port, origin, server } = await start((app) => {
      app.get('/', (_req, res, next) => { res.on('close', () => log.push('closed')); next() }, async (_req, _res, next) => {
        await delay(60)
        log.push('middleware')
        next()
      }, upgrade(chat))
    })
    const socket = await connectRaw(port, upgradeRequest('/'))
    await delay(20)
    strike(socket)
    await waitUntil(() => refusals.length > 0)
    expect(log).toEqual(['closed', 'middleware'])
    expect(refusals).toMatchObject([{ status: 0, code: 'WS_ERR_PEER_GONE' }])
    expect(opened).toEqual([])
    expect(chat.stats()).toMatchObject({ connections: 0, pendingHandshakes: 0 })
    await waitUntil(() => server.listenerCount('error') === 0)
    await connect(origin)
  })

  test('hundreds of them, a third reset: no crash, nothing left', async () => {
    const { chat } = recorder()
    const { port, server } = await start((app) => app.get('/', async (_req, _res, next) => { await delay(10); next() }, upgrade(chat)))
    for (let round = 0; round < 10; round++) {
      const sockets = await Promise.all(Array.from({ length: 30 }, () => connectRaw(port, upgradeRequest('/'))))
      await delay(4)
      sockets.forEach((socket, i) => (i % 3 === 0 ? socket.resetAndDestroy() : setTimeout(() => socket.destroy(), 15)))
      await Promise.all(sockets.map((socket) => (socket.closed ? Promise.resolve() : once(socket, 'close'))))
    }
    await waitUntil(() => chat.connections.size === 0 && chat.stats().pendingHandshakes === 0)
    await waitUntil(() => chat.stats().accepted + chat.stats().refused === 300)
    expect(await connectionsOf(server)).toBe(0)
  })
})

describe('SECURITY never finishing the handshake', () => {
  test('middleware that never goes on: 503 at the deadline', async () => {
    const { chat } = recorder()
    const { port } = await start((app) => app.get('/', () => {}, upgrade(chat)), { handshakeTimeout: 200 })
    expect(await readToEnd(await connectRaw(port, upgradeRequest('/')))).toMatch(/^HTTP\/1\.1 503 [^]*Connection: close/)
  })

  test('a mapper that never settles: 503 at the deadline', async () => {
    const { chat } = recorder<string>()
    const { port } = await start((app) => app.get('/', upgrade(chat, () => new Promise<string>(() => {}))), { handshakeTimeout: 200 })
    expect(await readToEnd(await connectRaw(port, upgradeRequest('/')))).toMatch(/^HTTP\/1\.1 503 [^]*Connection: close/)
  })
})

describe('SECURITY malformed handshakes are complete answers', () => {
  test.each([
    ['no key', (head: string) => head.replace(/Sec-WebSocket-Key.*\r\n/, ''), 400],
    ['another version', (head: string) => head.replace('Version: 13', 'Version: 8'), 426],
    ['two keys', (head: string) => head.replace('\r\n\r\n', '\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'), 400],
    ['no Connection', (head: string) => head.replace('Connection: Upgrade', 'Connection: keep-alive'), 400],
  ])('%s', async (_fault, spoil, status) => {
    const { chat } = recorder()
    const { port } = await start((app) => app.get('/', upgrade(chat)))
    const socket = await connectRaw(port, spoil(upgradeRequest('/')))
    socket.once('data', () => setTimeout(() => socket.end(), 50))
    expect(await readToEnd(socket)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  test('SECURITY CR/LF: a header that middleware could not set either never reaches the wire', async () => {
    const { chat } = recorder()
    const errors: unknown[] = []
    const { port } = await start((app) => {
      app.get('/', (_req, res, next) => { res.setHeader('X-Bad', 'a\r\nX-Injected: 1'); next() }, upgrade(chat))
    }, { onError: (error) => errors.push(error) })
    const text = await readToEnd(await connectRaw(port, upgradeRequest('/')))
    expect(text).toMatch(/^HTTP\/1\.1 500 /)
    expect(text).not.toContain('Injected')
    expect(errors).toHaveLength(1)
  })
})
