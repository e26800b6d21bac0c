import { attach as attachEngine } from 'engine.io'
import { Socket as EngineClient } from 'engine.io-client'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { upgradeDispatcher, type UpgradeDispatcher } from '../../src/dispatcher/upgrade-dispatcher.js'
import { connect, connectionsOf, delay, establish, listen, scheduler, start, takeAll, upgradeRequest, waitUntil } from './helpers.js'

function ours(server: Server): UpgradeDispatcher {
  const dispatcher = upgradeDispatcher(server, { runtime: scheduler(), handshakeTimeout: 300 })
  dispatcher.attach('/ours', takeAll)
  // A framework that works asynchronously before it says that no route matches
  dispatcher.dispatch((_request, _response, done) => { setTimeout(done, 20) })
  return dispatcher
}

async function echoes(url: string): Promise<void> {
  const client = new WebSocket(url)
  await once(client, 'open')
  client.send('hello')
  const [data] = await once(client, 'message') as [Buffer]
  expect(data.toString()).toBe('hello')
  client.terminate()
}

function wsServer(server: Server, path: string): void {
  const foreign = new WebSocketServer({ server, path })
  foreign.on('connection', (connection) => connection.on('message', (data, isBinary) => connection.send(data, { binary: isBinary })))
}

test.each(['before', 'after'])('C1: ws with { server, path } attached %s ours works untouched', async (order) => {
  const server = createServer()
  if (order === 'before') wsServer(server, '/theirs')
  ours(server)
  if (order === 'after') wsServer(server, '/theirs')
  const port = await listen(server)
  await echoes(`ws://127.0.0.1:${port}/theirs`)
  await (await connect(port, upgradeRequest('/ours'))).until('101')
  // Its answer to what is nobody's stays its own
  expect((await (await connect(port, upgradeRequest('/nobody'))).answer()).status).toBe(400)
})

test('C1: ws with { noServer } behind a listener of its own, which answers after a while', async () => {
  const server = createServer()
  ours(server)
  const foreign = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (request.url !== '/theirs') return
    setTimeout(() => foreign.handleUpgrade(request, socket, head, (connection) => {
      connection.on('message', (data, isBinary) => connection.send(data, { binary: isBinary }))
    }), 30)
  })
  await echoes(`ws://127.0.0.1:${await listen(server)}/theirs`)
})

test.each(['before', 'after'])('C1: engine.io attached %s ours works untouched', async (order) => {
  const server = createServer()
  const attachTheirs = () => attachEngine(server, { path: '/engine.io', transports: ['websocket'] })
  const early = order === 'before' ? attachTheirs() : undefined
  ours(server)
  const engine = early ?? attachTheirs()
  engine.on('connection', (socket) => socket.on('message', (data: string) => socket.send(data)))
  const port = await listen(server)
  onTestFinished(() => { engine.close() })
  const client = new EngineClient(`ws://127.0.0.1:${port}`, { transports: ['websocket'] })
  onTestFinished(() => { client.close() })
  client.on('open', () => client.send('hello'))
  const heard: unknown[] = []
  client.on('message', (data) => heard.push(data))
  await waitUntil(() => heard.length > 0)
  expect(heard).toEqual(['hello'])
  // engine.io ends every unanswered socket after a second: ours is not one of them
  const raw = await connect(port, upgradeRequest('/ours'))
  await raw.until('101')
  await delay(1_200)
  raw.socket.write('still here')
  await raw.until('still here')
})

test('C1: frames that a client sends early reach a foreign listener in its head, after an asynchronous "not mine"', async () => {
  const { server, dispatcher, port } = await start()
  dispatcher.dispatch((_request, response) => { setTimeout(() => response.writeHead(404).end('no'), 60) })
  const heard: string[] = []
  server.on('upgrade', (_request, socket: Duplex, head: Buffer) => {
    heard.push(head.toString())
    expect(socket.readableFlowing).toBe(null)
    expect(socket.listenerCount('data') + socket.listenerCount('readable')).toBe(0)
    socket.on('data', (chunk: Buffer) => heard.push(chunk.toString()))
  })
  const client = await connect(port, upgradeRequest('/theirs') + 'one-')
  await delay(20)
  client.socket.write('two-')
  await waitUntil(() => heard.length > 0)
  client.socket.write('three')
  await waitUntil(() => heard.join('') === 'one-two-three')
  expect(heard[0]).toBe('one-two-')
})

test('C1: request, socket and head are the very objects when everybody declined at once; `once` listeners go', async () => {
  const { server, dispatcher, port } = await start()
  const seen: unknown[] = []
  dispatcher.attach(undefined, (upgrade) => { seen.push(upgrade.request, upgrade.socket); return false })
  dispatcher.dispatch((_request, _response, done) => done())
  const theirs = vi.fn((_request: IncomingMessage, socket: Duplex, _head: Buffer) => { socket.end('HTTP/1.1 200 OK\r\n\r\n') })
  server.once('upgrade', theirs)
  const first = await connect(port, upgradeRequest('/x') + 'head')
  expect((await first.answer()).status).toBe(200)
  const [request, socket, head] = theirs.mock.calls[0]!
  expect([request, socket]).toEqual(seen)
  expect(head.toString()).toBe('head')
  expect(Reflect.ownKeys(request).filter((key) => String(key).includes('tocsin'))).toEqual([])
  expect((await (await connect(port, upgradeRequest('/x'))).answer()).status).toBe(404)
  expect(theirs).toHaveBeenCalledTimes(1)
})

test('C1: a claimed upgrade never reaches a foreign listener', async () => {
  const { server, dispatcher, port } = await start()
  const theirs = vi.fn()
  server.on('upgrade', theirs)
  dispatcher.attach('/ours', (upgrade) => { upgrade.claim(); setTimeout(() => establish(upgrade), 30); return true })
  await (await connect(port, upgradeRequest('/ours'))).until('101')
  expect(theirs).not.toHaveBeenCalled()
})

test('C1: when no foreign listener reacts, the peer gets an answer at the deadline, a framework\'s own where there is one', async () => {
  const { server, dispatcher, port } = await start({ handshakeTimeout: 200 })
  server.on('upgrade', () => {})
  const started = Date.now()
  const { status, text } = await (await connect(port, upgradeRequest('/nobody'))).answer()
  expect(status).toBe(404)
  expect(text).toMatch(/connection: close\r\n/i)
  expect(Date.now() - started).toBeGreaterThanOrEqual(200)
  dispatcher.dispatch((_request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>the app</h1>'))
  expect((await (await connect(port, upgradeRequest('/nobody'))).answer()).text).toMatch(/^HTTP\/1\.1 200 OK[^]*<h1>the app/)
})

test('C1: at the deadline, a socket that a foreign listener has written to or listens on is left alone', async () => {
  const { server, port } = await start({ handshakeTimeout: 100 })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => {})
    if (request.url === '/reads') socket.on('data', () => {})
    else socket.write('HTTP/1.1 101 Mine\r\n\r\n')
  })
  const reads = await connect(port, upgradeRequest('/reads'))
  const writes = await connect(port, upgradeRequest('/writes'))
  await delay(350)
  expect(reads.text).toBe('')
  expect(writes.text).toBe('HTTP/1.1 101 Mine\r\n\r\n')
  expect([reads.hasEnded, writes.hasEnded]).toEqual([false, false])
  reads.socket.destroy()
  writes.socket.destroy()
})

test('C2: RST while foreign listeners ignore the upgrade does not crash the process, and leaves nothing', async () => {
  const runtime = scheduler()
  const { server, port } = await start({ runtime })
  const theirs = vi.fn()
  server.on('upgrade', theirs)
  const client = await connect(port, upgradeRequest('/nobody'))
  await waitUntil(() => theirs.mock.calls.length > 0)
  client.socket.resetAndDestroy()
  await delay(50)
  expect(await connectionsOf(server)).toBe(0)
  expect(runtime.wheel.size).toBe(0)
})

test('C2: a peer that leaves before the framework has said "not mine" is not offered to foreign listeners', async () => {
  const { server, dispatcher, port } = await start()
  const theirs = vi.fn()
  server.on('upgrade', theirs)
  dispatcher.dispatch((_request, _response, done) => { setTimeout(done, 80) })
  const client = await connect(port, upgradeRequest('/x'))
  await delay(20)
  client.socket.end()
  await client.closed
  await delay(100)
  expect(theirs).not.toHaveBeenCalled()
  expect(await connectionsOf(server)).toBe(0)
})
