// FEATURES A27, B17, C7: limits as an application sets and sees them.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createServer } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { LimitDiagnostic } from '../../src/diagnostics.js'
import { dispatchUpgrades } from '../../src/endpoint/dispatch-upgrades.js'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import { upgradeDispatcher } from '../../src/dispatcher/upgrade-dispatcher.js'
import { dial, masked, request } from '../support/raw-peer.js'
import { listen, serve } from '../support/serve.js'
import { gate, turns, until } from '../support/wait.js'

function watchLimits(): LimitDiagnostic[] {
  const told: LimitDiagnostic[] = []
  const hear = (message: unknown): void => void told.push(message as LimitDiagnostic)
  subscribe('tocsin:limit', hear)
  onTestFinished(() => { unsubscribe('tocsin:limit', hear) })
  return told
}

const feed = (): WebSocketEndpoint<undefined> => new WebSocketEndpoint({ pushOnly: true })

describe('A27 a cap of connections, one for the whole server', () => {
  test('set with attach(), shared by all endpoints, taken back when the endpoint that has set it ends', async () => {
    const server = createServer()
    const [a, b] = [feed(), feed()]
    a.attach(server, { path: '/a', maxConnections: 2 })
    b.attach(server, { path: '/b' })
    const port = await listen(server)
    onTestFinished(async () => { await b.close({ deadline: 100 }); server.close() })
    await dial(port, { path: '/a' })
    await dial(port, { path: '/b' })
    for (const path of ['/a', '/b', '/c']) {
      const refused = await (await request(port, { path })).refused()
      expect([refused.status, refused.header('retry-after')]).toEqual([503, '5'])
    }
    expect([a.stats().refused, b.stats().refused, upgradeDispatcher(server).counts]).toEqual([0, 0, { connections: 2, pendingHandshakes: 0, refused: 3 }])
    await a.close({ deadline: 100 })
    await dial(port, { path: '/b' })
    await dial(port, { path: '/b' })
    expect(b.connections.size).toBe(3)
  })

  test('set with listen()', async () => {
    const endpoint = feed()
    const { port } = await endpoint.listen(0, { host: '127.0.0.1', maxConnectionsPerAddress: 1 })
    onTestFinished(() => endpoint.close({ deadline: 100 }))
    await dial(port)
    expect((await (await request(port)).refused()).status).toBe(503)
  })

  test('set with listen(), again where the first port could not be had', async () => {
    const [endpoint, other] = [feed(), feed()]
    const { port: taken } = await other.listen(0, '127.0.0.1')
    onTestFinished(() => other.close())
    await expect(endpoint.listen(taken, { host: '127.0.0.1', maxConnections: 5 })).rejects.toThrow('EADDRINUSE')
    const { port } = await endpoint.listen(0, { host: '127.0.0.1', maxConnections: 1 })
    onTestFinished(() => endpoint.close({ deadline: 100 }))
    await dial(port)
    expect((await (await request(port)).refused()).status).toBe(503)
    expect(() => feed().listen(0, { maxConnections: 0 })).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION' }))
  })

  test('set with dispatchUpgrades(), and taken back with the framework', async () => {
    const server = createServer()
    const endpoint = feed()
    const dispatching = dispatchUpgrades(server, (incoming, response) => endpoint.upgrade(incoming, response), { maxConnections: 1 })
    const port = await listen(server)
    onTestFinished(() => { void endpoint.close({ deadline: 100 }); server.close() })
    await dial(port)
    expect((await (await request(port)).refused()).status).toBe(503)
    dispatching.detach()
    endpoint.attach(server)
    await dial(port)
  })

  test('a contradiction is a usage error, and nothing is attached', () => {
    const server = createServer()
    feed().attach(server, { path: '/a', maxConnections: 2 })
    expect(() => feed().attach(server, { path: '/b', maxConnections: 3 })).toThrow(expect.objectContaining({ code: 'WS_ERR_LIMITS_CONFLICT' }))
    expect(() => feed().attach(server, { path: '/b', maxConnections: 2 })).not.toThrow()
    expect(() => feed().attach(server, { path: '/b', maxPendingHandshakes: 2 })).toThrow(expect.objectContaining({ code: 'WS_ERR_PATH_TAKEN' }))
    expect(() => feed().attach(server, { path: '/c', maxPendingHandshakes: 3 })).not.toThrow()
    expect(() => dispatchUpgrades(server, () => {}, { maxConnections: 7 })).toThrow(expect.objectContaining({ code: 'WS_ERR_LIMITS_CONFLICT' }))
  })

  test('an endpoint that is attached brings the proxies that it trusts', async () => {
    const server = createServer()
    const endpoint = new WebSocketEndpoint({ pushOnly: true, trustedProxies: ['loopback'] }).attach(server, { maxConnectionsPerAddress: 1 })
    const port = await listen(server)
    onTestFinished(() => { void endpoint.close({ deadline: 100 }); server.close() })
    const from = (address: string): { headers: string[] } => ({ headers: [`X-Forwarded-For: ${address}`] })
    await dial(port, from('203.0.113.7'))
    await dial(port, from('203.0.113.8'))
    expect((await (await request(port, from('203.0.113.7'))).refused()).status).toBe(503)
    expect([...endpoint.connections].map(({ remoteAddress }) => remoteAddress)).toEqual(['203.0.113.7', '203.0.113.8'])
  })
})

describe('B17 authenticateWithin', () => {
  interface User { readonly name: string }

  const open = async () => {
    const served = await serve<User>({ authenticateWithin: 5_000 })
    served.endpoint.on('open', (connection) => { connection.subscribe('news').send('who are you?') })
    return served
  }

  test('until then a connection is outside of everything that addresses connections', async () => {
    const { endpoint, port, connection, closed } = await open()
    endpoint.on('message', (sender, message) => { sender.authenticate({ name: String(message) }); sender.send(`welcome, ${sender.data.name}`) })
    const peer = await dial(port)
    const { id } = await connection()
    await peer.frame(0)
    expect([endpoint.broadcast('x'), endpoint.publish('news', 'x'), endpoint.push(id, 'x'), endpoint.topic('news').size]).toEqual([0, 0, false, 0])
    expect([endpoint.exists(id), endpoint.isEstablished(id), endpoint.disconnect(id), endpoint.connectionInfo(id), [...endpoint.connections]]).toEqual([false, false, false, undefined, []])
    expect(endpoint.stats()).toMatchObject({ connections: 0, unauthenticated: 1, accepted: 1 })
    peer.send('Ada')
    await peer.frame(1)
    expect([endpoint.broadcast('1'), endpoint.publish('news', '2'), endpoint.push(id, '3'), endpoint.exists(id)]).toEqual([1, 1, true, true])
    expect(endpoint.stats()).toMatchObject({ connections: 1, unauthenticated: 0 })
    await peer.frame(4)
    expect(peer.texts).toEqual(['who are you?', 'welcome, Ada', '1', '2', '3'])
    peer.sendClose()
    await until(() => closed.length === 1)
    expect(endpoint.stats()).toMatchObject({ connections: 0, unauthenticated: 0, closed: 1, topics: 0 })
  })

  test('at the deadline 1008, also while a handler is still at it', async () => {
    const told = watchLimits()
    const { endpoint, port, clock, connection, closeEvent } = await open()
    const asked = gate()
    let result: boolean | undefined
    endpoint.on('message', async (sender) => {
      await asked.promise
      result = sender.authenticate({ name: 'late' })
    })
    const peer = await dial(port)
    peer.send('token')
    await until(() => endpoint.stats().messagesReceived === 1)
    clock.advance(5_200)
    expect(await peer.closeFrame()).toMatchObject({ code: 1008 })
    asked.open()
    expect(await closeEvent()).toMatchObject({ code: 1008, error: { code: 'WS_ERR_NOT_AUTHENTICATED' } })
    expect([result, endpoint.stats().connections, endpoint.stats().unauthenticated]).toEqual([false, 0, 0])
    expect(told).toEqual([{ limit: 'authenticateWithin', action: 'close', connection: await connection(), remoteAddress: '127.0.0.1' }])
  })

  test('with for await', async () => {
    const { endpoint, port } = await serve<User>({ authenticateWithin: 5_000 })
    endpoint.on('open', async (connection) => {
      for await (const message of connection) {
        if (connection.isAuthenticated) endpoint.broadcast(`${connection.data.name}: ${String(message)}`)
        else connection.authenticate({ name: String(message) })
      }
    })
    const peer = await dial(port)
    peer.send('Ada', 'hello')
    await peer.frame(0)
    expect(peer.texts).toEqual(['Ada: hello'])
  })

  test('the end of the endpoint is theirs as well', async () => {
    const { endpoint, port, opened } = await open()
    const peer = await dial(port)
    await until(() => opened.length === 1)
    const ended = endpoint.close()
    expect(await peer.closeFrame()).toMatchObject({ code: 1001 })
    peer.sendClose(1001)
    await ended
  })
})

describe('tocsin:limit tells of limits that close a connection', () => {
  test('maxMessageSize, messageTimeout, rateLimit', async () => {
    const told = watchLimits()
    const { endpoint, port, clock, connection } = await serve({ maxMessageSize: 10, messageTimeout: 1_000, rateLimit: { messages: 2, policy: 'close' } })
    endpoint.on('message', () => {})
    const peers = [await dial(port), await dial(port), await dial(port)]
    const connections = await Promise.all([connection(0), connection(1), connection(2)])
    peers[0]!.send('far too long')
    await peers[0]!.closeFrame()
    peers[1]!.send('1', '2', '3')
    await peers[1]!.closeFrame()
    peers[2]!.socket.write(masked('half').subarray(0, 3))
    await until(() => endpoint.stats().bytesReceived > 30)
    await turns()
    clock.advance(1_200)
    await peers[2]!.closeFrame()
    const facts = told.map(({ limit, action, connection: whose }) => [limit, action, connections.indexOf(whose as never)])
    expect(facts).toEqual([['maxMessageSize', 'close', 0], ['rateLimit', 'close', 1], ['messageTimeout', 'close', 2]])
  })

  test('handshakeTimeout of a framework that is silent', async () => {
    const told = watchLimits()
    const server = createServer()
    dispatchUpgrades(server, () => {}, { handshakeTimeout: 100 })
    const port = await listen(server)
    onTestFinished(() => { server.close() })
    expect((await (await request(port)).refused()).status).toBe(503)
    expect(told).toEqual([{ limit: 'handshakeTimeout', action: 'refuse', connection: undefined, remoteAddress: '127.0.0.1' }])
  })

  test('handshakeTimeout of an endpoint', async () => {
    const told = watchLimits()
    const { port, clock } = await serve({ upgrade: () => new Promise<never>(() => {}), handshakeTimeout: 1_000 })
    const peer = await request(port)
    await turns(20)
    clock.advance(1_200)
    expect((await peer.refused()).status).toBe(503)
    expect(told).toEqual([{ limit: 'handshakeTimeout', action: 'refuse', connection: undefined, remoteAddress: '127.0.0.1' }])
  })
})
