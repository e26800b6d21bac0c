// FEATURES A1, A6, A8, A34: a server of its own.
import { type IncomingMessage, createServer, get } from 'node:http'
import { once } from 'node:events'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type EndpointOptions } from '../../src/endpoint/options.js'
import { Runtime, WebSocketEndpoint } from '../../src/index.js'
import { connectRaw, dial, request } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { testClock } from '../support/virtual-clock.js'
import { turns, until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

function standalone(options: EndpointOptions<undefined> = {}): WebSocketEndpoint {
  const endpoint = new WebSocketEndpoint(options)
  onTestFinished(() => endpoint.close({ deadline: 100 }))
  return endpoint
}

async function fetchText(port: number, path = '/'): Promise<{ status: number; body: string }> {
  const [response] = await once(get({ port, path, host: '127.0.0.1', agent: false }), 'response') as [IncomingMessage]
  let body = ''
  for await (const chunk of response) body += String(chunk)
  return { status: response.statusCode!, body }
}

describe('A1: standalone server', () => {
  test('listens on a free port by itself, on any path', async () => {
    const endpoint = standalone().on('message', (connection, message) => { connection.send(message) })
    const { port, address } = await endpoint.listen(0, '127.0.0.1')
    expect(address).toBe('127.0.0.1')
    const client = await connectWs(port, { path: '/any/path?at=all' })
    client.socket.send('hello')
    expect(await client.received(1)).toEqual(['hello'])
  })

  test('twice is a usage error; a port that is taken rejects, and another one can be tried', async () => {
    const endpoint = standalone().on('message', () => {})
    const taken = createTcpServer()
    await once(taken.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => { taken.close() })
    const unlucky = standalone().on('message', () => {})
    await expect(unlucky.listen((taken.address() as AddressInfo).port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await unlucky.close()
    await expect(endpoint.listen((taken.address() as AddressInfo).port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const { port } = await endpoint.listen(0, '127.0.0.1')
    expect(() => endpoint.listen()).toThrow(expect.objectContaining({ code: 'WS_ERR_LISTENING' }))
    await connectWs(port)
  })

  test('close() ends it whole: the port is free again', async () => {
    const endpoint = standalone().on('message', () => {}).on('request', (_request, response) => { response.end('kept alive') })
    const { port } = await endpoint.listen(0, '127.0.0.1')
    const client = await connectWs(port)
    const idle = await connectRaw(port)
    idle.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await idle.answered()
    await endpoint.close()
    expect(await client.closed()).toMatchObject({ code: 1001 })
    const next = createTcpServer()
    await once(next.listen(port, '127.0.0.1'), 'listening')
    next.close()
    expect(() => endpoint.listen()).toThrow(expect.objectContaining({ name: 'UsageError' }))
  })

  test('close() lets requests in flight finish, until the deadline', async () => {
    for (const finishes of [true, false]) {
      const clock = testClock()
      const answers: (() => void)[] = []
      const endpoint = standalone({ runtime: new Runtime({ clock }) }).on('message', () => {}).on('request', (_request, response) => { answers.push(() => response.end('done')) })
      const { port } = await endpoint.listen(0, '127.0.0.1')
      const answer = fetchText(port).catch(() => 'cut')
      await until(() => answers.length === 1)
      const closing = endpoint.close({ deadline: 2_000 })
      await turns(5)
      if (finishes) answers[0]!()
      else clock.advance(2_200)
      expect(await answer).toEqual(finishes ? { status: 200, body: 'done' } : 'cut')
      clock.advance(200)
      await closing
    }
  })

  test('attached to a server that exists, only its path is taken', async () => {
    const endpoint = standalone().on('message', (connection, message) => { connection.send(message) })
    const server = createServer((_request, response) => { response.end('the app') })
    endpoint.attach(server, { path: '/chat' })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => { server.close() })
    const { port } = server.address() as AddressInfo
    expect(await fetchText(port)).toEqual({ status: 200, body: 'the app' })
    await connectWs(port, { path: '/chat?name=anna' })
    expect((await (await request(port, { path: '/other' })).refused()).status).toBe(404)
  })
})

describe('A6: HTTP on the same port', () => {
  test('request handlers answer plain requests', async () => {
    const endpoint = standalone().on('message', () => {}).on('request', ({ url }, response) => { response.end(`you asked for ${url}`) })
    const { port } = await endpoint.listen(0, '127.0.0.1')
    expect(await fetchText(port, '/x')).toEqual({ status: 200, body: 'you asked for /x' })
  })

  test('without one, plain HTTP gets 400', async () => {
    const { port } = await standalone().on('message', () => {}).listen(0, '127.0.0.1')
    expect(await fetchText(port)).toMatchObject({ status: 400 })
  })

  test.each<[string, () => unknown]>([['throws', () => { throw new Error('secret') }], ['rejects', () => Promise.reject(new Error('secret'))]])(
    'a handler that %s: 500 without its text, and an error event', async (_how, fail) => {
      const errors: unknown[] = []
      const { port } = await standalone().on('message', () => {}).on('request', fail).on('error', (error) => { errors.push(error) }).listen(0, '127.0.0.1')
      expect(await fetchText(port)).toEqual({ status: 500, body: '' })
      expect(errors.map(String)).toEqual(['Error: secret'])
    })
})

describe('A8: connections that end without being WebSockets', () => {
  test('the refused event has the reason, the close event is never swallowed', async () => {
    const { endpoint, port, refusals, closed } = await serve({ upgrade: (handshake) => (handshake.request.url === '/no' ? handshake.reject(403) : handshake.accept()) })
    await (await request(port, { path: '/no' })).refused()
    await (await request(port, { headers: ['Origin: http://evil.example'] })).refused()
    const gone = await request(port, { headers: ['Sec-WebSocket-Key: again'] })
    await gone.refused()
    expect(refusals.map(({ status, code }) => [status, code])).toEqual([[403, 'WS_REFUSED'], [403, 'WS_ERR_ORIGIN'], [400, expect.any(String)]])
    expect(refusals.every(({ reason }) => reason !== '')).toBe(true)
    expect(closed).toEqual([])
    const peer = await dial(port)
    peer.reset()
    await until(() => closed.length === 1)
    expect(endpoint.stats()).toMatchObject({ refused: 3, accepted: 1, closed: 1 })
  })

  test('a plain request to listen() is one of them', async () => {
    const refused: unknown[] = []
    const { port } = await standalone().on('message', () => {}).on('refused', ({ url }, { status, code }) => { refused.push([url, status, code]) }).listen(0, '127.0.0.1')
    await fetchText(port, '/plain')
    expect(refused).toEqual([['/plain', 400, 'WS_ERR_PLAIN_REQUEST']])
  })

  test('a refused handler that throws or rejects reaches the error event, and nobody else', async () => {
    for (const fail of [() => { throw new Error('mine') }, () => Promise.reject(new Error('mine'))]) {
      const { endpoint, port, errors } = await serve({ upgrade: (handshake) => handshake.reject(403) })
      endpoint.on('refused', fail)
      const peer = await (await request(port)).refused()
      expect(peer.status).toBe(403)
      await until(() => errors.length === 1)
    }
  })
})

test('A34: defer, tick and after are the language\'s own: a connection may be used from any of them', async () => {
  const { endpoint, port } = await serve()
  endpoint.on('message', (connection) => {
    queueMicrotask(() => connection.send('microtask'))
    process.nextTick(() => connection.send('tick'))
    setImmediate(() => connection.send('immediate'))
    setTimeout(() => connection.send('timer'), 2)
    connection.send('now')
  })
  const client = await connectWs(port)
  client.socket.send('go')
  expect(new Set(await client.received(5))).toEqual(new Set(['now', 'tick', 'microtask', 'immediate', 'timer']))
  expect(client.messages[0]).toBe('now')
})
