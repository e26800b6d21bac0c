import { createServer, type RequestListener } from 'node:http'
import { expect, test, vi } from 'vitest'
import { connect, connectionsOf, delay, scheduler, start, takeAll, upgradeRequest, waitUntil } from './helpers.js'

const PLAIN = 'GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n'
const CHUNK = Buffer.alloc(64 * 1024, 'r')
const CHUNKS = 100

/** Writes 6 MB at the peer's speed, and waits for `drain` as it should. */
const writeSlowly: RequestListener = (_request, response) => {
  response.setHeader('Content-Length', CHUNK.length * CHUNKS)
  let left = CHUNKS
  const write = (): void => {
    while (left-- > 0) if (!response.write(CHUNK)) return void response.once('drain', write)
    response.end()
  }
  setTimeout(write, 20)
}

test('an upgrade pipelined behind an unfinished response: that response whole, then 400 and the end', async () => {
  const runtime = scheduler()
  const { server, dispatcher, port } = await start({ runtime }, createServer(writeSlowly))
  const handler = vi.fn(takeAll)
  dispatcher.attach('/a', handler)
  dispatcher.dispatch(handler as never)
  server.on('upgrade', handler as never)
  const client = await connect(port)
  client.socket.pause()
  client.socket.write(PLAIN + upgradeRequest('/a') + 'frames')
  await delay(100)
  client.socket.resume()
  const { text } = await client.answer()
  const body = text.indexOf('\r\n\r\n') + 4
  const rest = text.slice(body + CHUNK.length * CHUNKS)
  expect(text.slice(body, body + CHUNK.length * CHUNKS)).toBe('r'.repeat(CHUNK.length * CHUNKS))
  expect(rest).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n[^]*connection: close\r\n/i)
  expect(handler).not.toHaveBeenCalled()
  await waitUntil(() => client.socket.destroyed)
  await delay(20)
  expect(await connectionsOf(server)).toBe(0)
  expect(runtime.wheel.size).toBe(0)
})

test('several responses before it come first, in order', async () => {
  let count = 0
  const { port } = await start({}, createServer((_request, response) => {
    const own = ++count
    setTimeout(() => response.end(`response ${own}`), 60 - own * 15)
  }))
  const client = await connect(port, PLAIN + PLAIN + PLAIN + upgradeRequest('/a'))
  expect((await client.answer()).text).toMatch(/200 OK[^]*response 1[^]*200 OK[^]*response 2[^]*200 OK[^]*response 3HTTP\/1\.1 400/)
})

test('behind a response that is complete, an upgrade is like any other', async () => {
  const { dispatcher, port } = await start({}, createServer((_request, response) => response.end('done')))
  dispatcher.attach('/a', takeAll)
  const client = await connect(port, PLAIN)
  await client.until('done')
  client.socket.write(upgradeRequest('/a'))
  await client.until('101 Switching Protocols')
})

test('behind a response that ends the connection nothing is added', async () => {
  const { port } = await start({}, createServer((_request, response) => {
    setTimeout(() => response.setHeader('Connection', 'close').end('the last'), 20)
  }))
  expect((await (await connect(port, PLAIN + upgradeRequest('/a'))).answer()).text).toMatch(/the last$/)
})

test('an offer of h2c behind an unfinished response is answered after it as the plain request that it is', async () => {
  const { port } = await start({}, createServer((request, response) => {
    setTimeout(() => response.setHeader('Content-Length', 20).end(`answer to ${request.url}`.padEnd(20)), 20)
  }))
  const fields = ['Host: localhost', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']
  const offer = ['GET /second HTTP/1.1', ...fields].join('\r\n') + '\r\n\r\n'
  const client = await connect(port, PLAIN + offer)
  expect(await client.until('/second')).toMatch(/answer to \/page[^]*answer to \/second/)
})

test('C2: a peer that resets while the response before it is being written', async () => {
  const closed = vi.fn()
  const runtime = scheduler()
  const { server, port } = await start({ runtime }, createServer((request, response) => {
    response.on('close', closed)
    writeSlowly(request, response)
  }))
  const client = await connect(port)
  client.socket.pause()
  client.socket.write(PLAIN + upgradeRequest('/a'))
  await delay(80)
  client.socket.resetAndDestroy()
  await waitUntil(() => closed.mock.calls.length > 0)
  await delay(20)
  expect(await connectionsOf(server)).toBe(0)
  expect(runtime.wheel.size).toBe(0)
})

test('server.timeout still ends a peer that reads nothing of the response before it', async () => {
  const { server, port } = await start({}, createServer(writeSlowly))
  server.timeout = 200
  const client = await connect(port)
  client.socket.pause()
  client.socket.write(PLAIN + upgradeRequest('/a'))
  await delay(100)
  expect(await connectionsOf(server)).toBe(1)
  await delay(400)
  expect(await connectionsOf(server)).toBe(0)
})
