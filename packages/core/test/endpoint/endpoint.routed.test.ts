// endpoint.upgrade(request, response): what a route of any framework does.
import { AsyncLocalStorage } from 'node:async_hooks'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import type { Refusal } from '../../src/endpoint/events.js'
import type { EndpointOptions } from '../../src/endpoint/options.js'
import { dispatchUpgrades } from '../../src/index.js'
import { Runtime } from '../../src/runtime.js'
import { dial, masked, request } from '../support/raw-peer.js'
import { listen } from '../support/serve.js'
import { gate, turns, until } from '../support/wait.js'
import { testClock } from '../support/virtual-clock.js'
import { connectWs } from '../support/ws-client.js'

type Route<Data> = (request: IncomingMessage, response: ServerResponse, endpoint: WebSocketEndpoint<Data>) => unknown

async function routed<Data = undefined>(options: EndpointOptions<Data>, route: Route<Data>) {
  const clock = testClock()
  const runtime = new Runtime({ clock })
  const endpoint = new WebSocketEndpoint<Data>({ runtime, ...options })
  const [errors, refusals, thrown]: [unknown[], Refusal[], unknown[]] = [[], [], []]
  endpoint.on('error', (error) => { errors.push(error) }).on('refused', (_request, refusal) => { refusals.push(refusal) })
  const server = createServer()
  dispatchUpgrades(server, (request, response) => route(request, response, endpoint), { runtime, onError: (error) => { thrown.push(error) } })
  const port = await listen(server)
  onTestFinished(async () => {
    void endpoint.close({ deadline: 1 })
    clock.advance(1_000)
    await turns()
    server.close()
    server.closeAllConnections()
  })
  return { clock, endpoint, errors, refusals, thrown, port, server }
}

const plain: Route<undefined> = (request, response, endpoint) => endpoint.upgrade(request, response)

describe('what a route says', () => {
  test('is data, headers and subprotocol; what middleware set on the response arrives', async () => {
    const { endpoint, port } = await routed<{ user: string }>({}, (request, response, endpoint) => {
      response.setHeader('Set-Cookie', ['session=1', 'b=2'])
      return endpoint.upgrade(request, response, { data: { user: 'anna' }, headers: { 'X-Own': 'yes' }, subprotocol: 'chat' })
    })
    endpoint.on('message', (connection, message) => { connection.send(`${connection.data.user}: ${String(message)} ${connection.subprotocol}`) })
    const peer = await dial(port, { headers: ['Sec-WebSocket-Protocol: chat'] })
    expect([peer.headers('set-cookie'), peer.header('x-own'), peer.header('sec-websocket-protocol')]).toEqual([['session=1', 'b=2'], 'yes', 'chat'])
    peer.send('hello')
    await peer.frame(0)
    expect(peer.texts).toEqual(['anna: hello chat'])
  })

  test('is an id, which nobody else may have', async () => {
    const { endpoint, port, thrown } = await routed({ pushOnly: true }, (request, response, endpoint) => endpoint.upgrade(request, response, { id: 'mine' }))
    await dial(port)
    expect(endpoint.exists('mine')).toBe(true)
    await expect(dial(port)).rejects.toThrow('500')
    expect(thrown).toMatchObject([{ code: 'WS_ERR_ID_TAKEN' }])
    expect(endpoint.isEstablished('mine')).toBe(true)
  })

  test('the connection it gets back can be iterated: early frames included', async () => {
    const texts: string[] = []
    const { port } = await routed({ pushOnly: true }, async (request, response, endpoint) => {
      const connection = await endpoint.upgrade(request, response)
      if (connection === null) return
      for await (const message of connection) { texts.push(String(message)); connection.send(message) }
      texts.push('end')
    })
    const peer = await dial(port, { extra: Buffer.concat([masked('early'), masked('bird')]) })
    peer.send('later')
    await peer.frame(2)
    peer.sendClose()
    await until(() => texts.includes('end'))
    expect(texts).toEqual(['early', 'bird', 'later', 'end'])
  })

  test('an endpoint with a hook decides itself', async () => {
    const { endpoint, port } = await routed<string>({ upgrade: (handshake) => (handshake.request.url === '/in' ? handshake.accept('hooked') : handshake.reject(401, { body: 'no' })) },
      (request, response, endpoint) => endpoint.upgrade(request, response))
    endpoint.on('open', (connection) => { connection.send(connection.data) })
    expect(await (await connectWs(port, { path: '/in' })).received(1)).toEqual(['hooked'])
    const refused = await (await request(port, { path: '/out' })).refused()
    expect([refused.status, refused.body]).toEqual([401, 'no'])
  })

  test.each([{ data: 'x' }, { data: undefined }, { headers: { 'X-A': 'a' } }, { subprotocol: 'chat' }])('both at once is a usage error, never a silently skipped decision: %j', async (options) => {
    const { port, thrown, endpoint } = await routed<string>({ upgrade: (handshake) => handshake.accept('hooked') }, (request, response, endpoint) => endpoint.upgrade(request, response, options as never))
    endpoint.on('message', () => {})
    expect((await (await request(port)).refused()).status).toBe(500)
    expect(thrown).toMatchObject([{ name: 'UsageError', code: 'WS_ERR_TWO_DECISIONS' }])
  })

  test('twice is a usage error; the first one counts', async () => {
    let second: unknown
    const { endpoint, port } = await routed({}, async (request, response, endpoint) => {
      const first = endpoint.upgrade(request, response)
      second = await endpoint.upgrade(request, response).catch((error: unknown) => error)
      await first
    })
    endpoint.on('message', () => {})
    await dial(port)
    await until(() => second !== undefined)
    expect(second).toMatchObject({ code: 'WS_ERR_ALREADY_UPGRADED' })
  })
})

describe('what goes wrong', () => {
  test.each([[{ subprotocol: 'not-offered' }], [{ headers: { 'X-A': 'a\r\nInjected: yes' } }], [{ headers: { 'Sec-WebSocket-Accept': 'x' } }]])('%j: 500, nothing hangs', async (options) => {
    const { endpoint, port, errors, refusals } = await routed({}, (request, response, endpoint) => endpoint.upgrade(request, response, options))
    endpoint.on('message', () => {})
    const peer = await (await request(port)).refused()
    expect(peer.status).toBe(500)
    expect(peer.head).not.toContain('Injected')
    expect(errors).toMatchObject([{ name: 'UsageError' }])
    expect(refusals).toMatchObject([{ status: 500 }])
    expect(endpoint.stats().pendingHandshakes).toBe(0)
  })

  test('a response that was begun before', async () => {
    const { endpoint, port, errors } = await routed({}, (request, response, endpoint) => {
      response.writeHead(200)
      return endpoint.upgrade(request, response)
    })
    endpoint.on('message', () => {})
    expect((await (await request(port)).refused()).status).toBe(500)
    expect(errors).toMatchObject([{ code: 'WS_ERR_HEADERS_SENT' }])
  })

  test('a hook of the framework that never lets the response end: 503 at the deadline', async () => {
    const { endpoint, port, clock } = await routed({ handshakeTimeout: 2_000 }, (request, response, endpoint) => {
      response.end = () => response // such as a session store that does not answer
      return endpoint.upgrade(request, response)
    })
    endpoint.on('message', () => {})
    const peer = await request(port)
    await until(() => endpoint.stats().pendingHandshakes === 1)
    await turns()
    clock.advance(2_200)
    expect((await peer.refused()).status).toBe(503)
    expect(endpoint.stats().pendingHandshakes).toBe(0)
  })

  test('the peer goes while the route works: null, and refused says why', async () => {
    const working = gate()
    let result: unknown = 'none'
    const { endpoint, port, refusals } = await routed({}, async (request, response, endpoint) => {
      await working.promise
      result = await endpoint.upgrade(request, response)
    })
    endpoint.on('message', () => {})
    const peer = await request(port)
    await turns(5)
    peer.reset()
    await peer.closed()
    await turns(5)
    working.open()
    await until(() => result !== 'none')
    expect(result).toBeNull()
    expect(refusals).toMatchObject([{ status: 0, code: 'WS_ERR_PEER_GONE' }])
    expect(endpoint.stats()).toMatchObject({ pendingHandshakes: 0, connections: 0 })
  })

  test('a foreign Origin, a broken handshake: refused through the response, with what middleware set', async () => {
    const { endpoint, port, refusals } = await routed({}, (request, response, endpoint) => {
      response.setHeader('X-Middleware', 'ran')
      return endpoint.upgrade(request, response)
    })
    endpoint.on('message', () => {})
    const foreign = await (await request(port, { headers: ['Origin: http://evil.example'] })).refused()
    expect([foreign.status, foreign.header('x-middleware'), foreign.header('connection')]).toEqual([403, 'ran', 'close'])
    const broken = await (await request(port, { headers: ['Sec-WebSocket-Protocol: a b'] })).refused()
    expect([broken.status, broken.header('x-middleware')]).toEqual([400, 'ran'])
    expect(refusals.map(({ status }) => status)).toEqual([403, 400])
  })

  test('a closing endpoint: 503', async () => {
    const { endpoint, port } = await routed({}, plain)
    endpoint.on('message', () => {})
    await endpoint.close()
    const peer = await (await request(port)).refused()
    expect([peer.status, peer.header('retry-after')]).toEqual([503, '1'])
  })
})

test('handlers run in the async context of the route', async () => {
  const storage = new AsyncLocalStorage<string>()
  const { endpoint, port } = await routed({}, (request, response, endpoint) => storage.run('middleware', () => endpoint.upgrade(request, response)))
  const seen: unknown[] = []
  endpoint.on('open', () => { seen.push(storage.getStore()) }).on('message', () => { seen.push(storage.getStore()) }).on('close', () => { seen.push(storage.getStore()) })
  const client = await connectWs(port)
  client.socket.send('x')
  client.socket.close()
  await until(() => seen.length === 3)
  expect(seen).toEqual(['middleware', 'middleware', 'middleware'])
})

test('httpServer.close() drains connections that came through a route', async () => {
  const { endpoint, port, server } = await routed({}, plain)
  endpoint.on('open', () => {})
  const client = await connectWs(port)
  await until(() => endpoint.connections.size === 1)
  server.close()
  expect(await client.closed()).toMatchObject({ code: 1001 })
})
