// The channels: who is told what, that nobody else pays, and that docs/diagnostics.md has them all.
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type DiagnosticMessages, dispatchUpgrades, WebSocketEndpoint } from '../src/index.js'
import { diagnostics } from '../src/diagnostics.js'
import { Frame, Opcode } from '../src/protocol/index.js'
import { Runtime } from '../src/runtime.js'
import { connectRaw, dial, request, upgradeRequest } from './support/raw-peer.js'
import { listen, serve } from './support/serve.js'
import { testClock } from './support/virtual-clock.js'
import { gate, turns, until } from './support/wait.js'

type Name = keyof DiagnosticMessages

/** What a channel says in this test. */
function heard<Channel extends Name>(name: Channel): DiagnosticMessages[Channel][] {
  const messages: DiagnosticMessages[Channel][] = []
  const listener = (message: unknown): void => void messages.push(message as DiagnosticMessages[Channel])
  subscribe(name, listener)
  onTestFinished(() => { unsubscribe(name, listener) })
  return messages
}

/** A server with a framework, and time that a test moves. */
async function framework(handler: Parameters<typeof dispatchUpgrades>[1]) {
  const clock = testClock()
  const server = createServer()
  const tocsin = dispatchUpgrades(server, handler, { runtime: new Runtime({ clock }), onError() {} })
  const port = await listen(server)
  onTestFinished(() => { server.close(); server.closeAllConnections() })
  return { clock, server, port, tocsin }
}

describe('tocsin:refused', () => {
  test('by an endpoint: what the `refused` event has, with the name', async () => {
    const messages = heard('tocsin:refused')
    const { port } = await serve({ name: 'chat', upgrade: (handshake) => handshake.reject(401) })
    await (await request(port)).refused()
    await (await request(port, { headers: ['Origin: http://evil.example'] })).refused()
    expect(messages).toMatchObject([
      { endpoint: 'chat', status: 401, code: 'WS_REFUSED', request: { url: '/' } },
      { endpoint: 'chat', status: 403, code: 'WS_ERR_ORIGIN' },
    ])
  })

  test('by nobody: 404; by a framework: what it answered; once for each', async () => {
    const messages = heard('tocsin:refused')
    const endpoint = new WebSocketEndpoint({ name: 'chat', pushOnly: true, upgrade: (handshake) => handshake.reject(410), runtime: new Runtime() })
    const { port } = await framework((request, response, done) => {
      if (request.url === '/none') return done()
      if (request.url === '/fails') throw new Error('mine')
      if (request.url === '/chat') return endpoint.upgrade(request, response)
      response.writeHead(401).end()
    })
    for (const path of ['/none', '/fails', '/chat', '/guarded']) await (await request(port, { path })).refused()
    expect(messages.map(({ endpoint, status, code, request }) => [request.url, endpoint, status, code])).toEqual([
      ['/none', undefined, 404, 'WS_ERR_NO_ROUTE'],
      ['/fails', undefined, 500, 'WS_REFUSED'],
      ['/chat', 'chat', 410, 'WS_REFUSED'],
      ['/guarded', undefined, 401, 'WS_REFUSED'],
    ])
  })

  test('by the dispatcher: too slow, gone, pipelined, with a body, closing', async () => {
    const messages = heard('tocsin:refused')
    const { clock, port, tocsin } = await framework(() => {})
    const slow = await request(port)
    await turns()
    clock.advance(10_100)
    await slow.refused()
    const gone = await request(port)
    await turns()
    gone.reset()
    await until(() => messages.length === 2)
    const body = await request(port, { headers: ['Content-Length: 1'], extra: Buffer.from('x') })
    await body.refused()
    void tocsin.drain()
    const late = await (await request(port)).refused()
    expect(late.header('retry-after')).toBe('1')
    expect(messages.map(({ endpoint, status, code }) => [endpoint, status, code])).toEqual([
      [undefined, 503, 'WS_ERR_HANDSHAKE_TIMEOUT'],
      [undefined, 0, 'WS_ERR_PEER_GONE'],
      [undefined, 400, 'WS_ERR_REQUEST_BODY'],
      [undefined, 503, 'WS_ERR_CLOSING'],
    ])
  })

  test('one behind an unfinished response', async () => {
    const messages = heard('tocsin:refused')
    const answered = gate()
    const server = createServer((_request, response) => { void answered.promise.then(() => response.end('done')) })
    dispatchUpgrades(server, () => {})
    const port = await listen(server)
    const peer = await connectRaw(port)
    peer.socket.write(`GET / HTTP/1.1\r\nHost: localhost\r\n\r\n${upgradeRequest()}`)
    await turns()
    answered.open()
    await until(() => messages.length === 1)
    expect(messages).toMatchObject([{ status: 400, code: 'WS_ERR_PIPELINED' }])
    server.close()
  })

  test('what is upgraded, or left to others, is not refused', async () => {
    const messages = heard('tocsin:refused')
    const { port, server } = await serve({}, { path: '/chat' })
    server.on('upgrade', (_request, socket) => { socket.end('HTTP/1.1 418 Teapot\r\n\r\n') })
    await dial(port, { path: '/chat' })
    expect((await (await request(port, { path: '/other' })).refused()).status).toBe(418)
    expect(messages).toEqual([])
  })
})

describe('tocsin:failed', () => {
  test('a broken rule, a handler, the heartbeat, the closing handshake: once each, with the connection', async () => {
    const messages = heard('tocsin:failed')
    const { endpoint, port, clock, opened } = await serve({ heartbeat: { interval: 5_000, timeout: 1_000 }, closeTimeout: 500 })
    endpoint.on('message', () => { throw new Error('mine') })
    const [broken, failing] = [await dial(port), await dial(port)]
    await until(() => opened.length === 2)
    broken.socket.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0]))
    await broken.closeFrame()
    failing.send('x')
    await failing.closeFrame()
    await dial(port)
    await until(() => opened.length === 3)
    for (let i = 0; i < 10; i++) clock.advance(1_000)
    await dial(port)
    await until(() => opened.length === 4)
    opened[3]!.close()
    clock.advance(700)
    expect(messages.map(({ code, connection }) => [code, opened.indexOf(connection as never)])).toEqual([[1002, 0], [1011, 1], [1006, 2], [1006, 3]])
    expect(messages.map(({ error }) => (error as { code?: string }).code)).toEqual([expect.any(String), undefined, 'WS_ERR_HEARTBEAT', 'WS_ERR_CLOSE_TIMEOUT'])
  })

  test('one that was failed and whose peer does not leave is cut, but has failed once', async () => {
    const messages = heard('tocsin:failed')
    const { port, clock, closed } = await serve()
    const peer = await dial(port, { lingers: true })
    peer.socket.write(Buffer.from([0xff, 0x80, 0, 0, 0, 0]))
    await peer.closeFrame()
    clock.advance(1_200)
    await until(() => closed.length === 1)
    expect(messages.map(({ code }) => code)).toEqual([1002])
  })

  test('a connection that ends as it should is none, nor is one that the application or its peer has cut', async () => {
    const messages = heard('tocsin:failed')
    const { port, opened, closed } = await serve()
    const [polite, cut, reset] = [await dial(port), await dial(port), await dial(port)]
    await until(() => opened.length === 3)
    polite.sendClose()
    opened[1]!.terminate()
    reset.reset()
    await cut.closed()
    await until(() => closed.length === 3)
    expect(messages).toEqual([])
  })
})

test('tocsin:error: what the `error` handlers hear, and what they throw themselves', async () => {
  const messages = heard('tocsin:error')
  const spy = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => { spy.mockRestore() })
  const { endpoint, port, opened } = await serve({ name: 'chat' })
  endpoint.on('message', () => { throw new Error('first') }).on('error', () => { throw new Error('second') })
  const peer = await dial(port)
  peer.send('x')
  await peer.closeFrame()
  expect(messages).toMatchObject([{ endpoint: 'chat', error: { message: 'first' } }, { endpoint: 'chat', error: { message: 'second' } }])
  expect(messages.every(({ connection }) => connection === opened[0])).toBe(true)
})

test('tocsin:drain: begin, deadline, end, with how many are left', async () => {
  const messages = heard('tocsin:drain')
  const { endpoint, port, clock, opened } = await serve({ name: 'drained' })
  const [polite] = [await dial(port), await dial(port)]
  await until(() => opened.length === 2)
  const closing = endpoint.close({ deadline: 1_000 })
  await polite.closeFrame()
  polite.sendClose(1001)
  await until(() => endpoint.connections.size === 1)
  clock.advance(1_200)
  await closing
  // Servers of other tests may still end
  const own = messages.filter(({ endpoint }) => endpoint === 'drained')
  expect(own.map(({ phase, connections }) => [phase, connections])).toEqual([['begin', 2], ['deadline', 1], ['end', 1]])
})

test('where nobody subscribes, nothing is published', async () => {
  const spies = Object.values(diagnostics).map((each) => vi.spyOn(each as { publish(message: unknown): void }, 'publish'))
  onTestFinished(() => { for (const spy of spies) spy.mockRestore() })
  const { endpoint, port, errors } = await serve()
  endpoint.on('message', () => { throw new Error('mine') })
  await (await request(port, { headers: ['Sec-WebSocket-Protocol: ,,'] })).answered()
  const peer = await dial(port)
  peer.send('x')
  await peer.closeFrame()
  peer.sendClose()
  await endpoint.close()
  expect(errors.length).toBe(1)
  for (const spy of spies) expect(spy).not.toHaveBeenCalled()
})

test('a subscriber that throws harms nobody: Node reports it as an uncaught exception, behind the work', async () => {
  const uncaught: unknown[] = []
  const onUncaught = (error: unknown): void => void uncaught.push(error)
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException').on('uncaughtException', onUncaught)
  const throwing = (): void => { throw new Error('of a subscriber') }
  subscribe('tocsin:failed', throwing)
  onTestFinished(() => {
    unsubscribe('tocsin:failed', throwing)
    process.removeAllListeners('uncaughtException')
    for (const listener of others) process.on('uncaughtException', listener)
  })
  const messages = heard('tocsin:failed')
  const { endpoint, port, opened } = await serve()
  endpoint.on('message', (connection, message) => { connection.send(message) })
  const [broken, good] = [await dial(port), await dial(port)]
  await until(() => opened.length === 2)
  broken.send(new Frame({ opcode: Opcode.Continuation, payload: 'x' }))
  expect(await broken.closeFrame()).toMatchObject({ code: 1002 })
  good.send('still here')
  await good.frame(0)
  expect(messages.length).toBe(1)
  expect(uncaught).toMatchObject([{ message: 'of a subscriber' }])
})

test("the channels are Node's own, by their names", () => {
  const names = Object.values(diagnostics).map((each) => (each as unknown as { name: string }).name)
  expect(names).toEqual(['tocsin:refused', 'tocsin:limit', 'tocsin:slow-consumer', 'tocsin:failed', 'tocsin:error', 'tocsin:drain'])
  for (const each of Object.values(diagnostics)) expect(each).toBe(channel((each as unknown as { name: string }).name))
})

test('docs/diagnostics.md has every channel with its fields, in the order of the source, and explains each field', () => {
  const source = readFileSync(new URL('../src/diagnostics.ts', import.meta.url), 'utf8')
  const page = readFileSync(new URL('../../../docs/diagnostics.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(tocsin:[\w-]+)` \|.*\| ([^|]*) \|$/gm)].map(([, name, fields]) => [name, fields!.replaceAll('`', '').split(', ')])
  const interfaces = [...source.matchAll(/`(tocsin:[\w-]+)`: [^\n]*\nexport interface \w+Diagnostic \{\n([\s\S]*?)^\}/gm)]
  expect(rows).toEqual(interfaces.map(([, name, body]) => [name, [...body!.matchAll(/readonly (\w+):/g)].map(([, field]) => field)]))
  expect(rows.length).toBe(6)
  const explained = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field)
  expect(explained).toEqual(expect.arrayContaining([...new Set(rows.flatMap(([, fields]) => fields))]))
})

test('docs/diagnostics.md has every code with which the dispatcher and the endpoint refuse by themselves', () => {
  const page = readFileSync(new URL('../../../docs/diagnostics.md', import.meta.url), 'utf8')
  for (const file of ['dispatcher/refusal.ts', 'endpoint/opening.ts', 'endpoint/undispatched.ts']) {
    const source = readFileSync(new URL(`../src/${file}`, import.meta.url), 'utf8')
    const codes = [...source.matchAll(/code: '(WS_(?!WARN)\w+)'/g)].map(([, code]) => code)
    expect(codes.length).toBeGreaterThan(0)
    for (const code of codes) if (!['WS_ERR_NOT_ATTACHED', 'WS_ERR_INVALID_CONNECTION'].includes(code!)) expect(page.includes(`\`${code}\``), code).toBe(true)
  }
})
