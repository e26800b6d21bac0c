import { expect, onTestFinished, test, vi } from 'vitest'
import type { RequestHandler } from '../../src/dispatcher/framework-attempt.js'
import { framework, upgradeRoute } from './framework-helpers.js'
import { connect, connectionsOf, delay, start, upgradeRequest, waitUntil } from './helpers.js'

test.each([400, 401, 403, 405, 410, 426, 429, 500, 503])('a refusal with %i is forwarded whole', async (status) => {
  const { ask, server } = await framework((_request, response) => {
    response.writeHead(status, { 'X-Reason': 'because', 'Connection': 'keep-alive', 'Keep-Alive': 'timeout=5' })
    response.end('{"error":"no"}')
  })
  server.on('upgrade', () => { throw new Error('A refusal is not for foreign listeners') })
  const { text } = await (await ask()).answer()
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(text).toMatch(/x-reason: because\r\n/i)
  expect(text.match(/^(connection|keep-alive):.*$/gim)).toEqual(['Connection: close'])
  expect(text).toContain('{"error":"no"}')
})

test('a refusal is streamed at the speed of the peer', async () => {
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let written = 0
  const { ask, runtime, server } = await framework((_request, response) => {
    response.writeHead(403)
    const write = (): void => {
      while (written < 300) {
        written++
        if (!response.write(chunk)) return void response.once('drain', write)
      }
      response.end('the end')
    }
    write()
  })
  const client = await ask()
  client.socket.pause()
  await delay(300)
  // What fits into the kernel's buffers has gone, not 20 MB into ours
  expect(written).toBeLessThan(200)
  client.socket.resume()
  const { text } = await client.answer()
  expect(text.match(/x{65536}/g)).toHaveLength(300)
  expect(text).toContain('the end')
  await client.closed
  await delay(20)
  expect(await connectionsOf(server)).toBe(0)
  expect(runtime.wheel.size).toBe(0)
})

test('a peer that accepts nothing of a refusal is cut off at the handshake deadline, and the response closes', async () => {
  const closed = vi.fn()
  const { ask, server } = await framework((_request, response) => {
    response.on('close', closed)
    response.writeHead(403)
    const write = (): void => { while (response.write(Buffer.alloc(65_536))); response.once('drain', write) }
    write()
  }, { handshakeTimeout: 200 })
  const client = await ask()
  client.socket.pause()
  await waitUntil(() => closed.mock.calls.length > 0)
  expect(await connectionsOf(server)).toBe(0)
})

test.each([200, 204, 302, 304, 404])('C1: %i means "not mine", the next one is asked, the first answer stays', async (status) => {
  const { ask, dispatcher } = await framework((_request, response) => response.writeHead(status, { 'X-From': 'first' }).end())
  const second = vi.fn<RequestHandler>((_request, response) => response.writeHead(200).end('second'))
  dispatcher.dispatch(second)
  const { text, status: answered } = await (await ask()).answer()
  expect(answered).toBe(status)
  expect(text).toMatch(/x-from: first/i)
  expect(second).toHaveBeenCalledTimes(1)
})

test('C1: frameworks are asked in order of registration until one upgrades; `ignore` keeps a request from one of them', async () => {
  const asked: string[] = []
  const first: RequestHandler = (_request, _response, done) => { asked.push('first'); done() }
  const { ask, dispatcher } = await framework(first, { ignore: ({ url }) => url === '/hmr' })
  dispatcher.dispatch((request, response) => { asked.push('second'); void upgradeRoute(request, response) })
  dispatcher.dispatch(() => asked.push('third'))
  await (await ask('/x')).until('101')
  await (await ask('/hmr')).until('101')
  expect(asked).toEqual(['first', 'second', 'second'])
})

test('C1: an answer of more than 64 KiB is not kept: a plain 404 instead; where nobody else is left it is streamed whole', async () => {
  const page = 'p'.repeat(200_000)
  const { ask, dispatcher } = await framework((_request, response) => response.end(page))
  expect((await (await ask()).answer()).text).toContain(page)
  const takeOff = dispatcher.dispatch((_request, _response, done) => done())
  const { text, status } = await (await ask()).answer()
  expect(status).toBe(404)
  expect(text).not.toContain('ppp')
  takeOff()
})

test('exception text: what a framework throws, rejects with or passes on is a bare 500, and is reported', async () => {
  const errors: unknown[] = []
  const faults: RequestHandler[] = [
    () => { throw new Error('the secret') },
    () => Promise.reject(new Error('the secret')),
    (_request, _response, done) => done(new Error('the secret')),
    async (_request, response) => { response.write('200, but then'); throw new Error('the secret') },
  ]
  let fault = faults[0]!
  const { ask, dispatcher } = await framework((...values) => fault(...values), { onError: (error) => errors.push(error) })
  dispatcher.dispatch(() => { throw new Error('never asked') })
  for (fault of faults) {
    const { status, text } = await (await ask()).answer()
    expect(status).toBe(500)
    expect(text).not.toMatch(/secret|but then/)
    expect(text).toMatch(/connection: close\r\n/i)
  }
  expect(errors.map(String)).toEqual(Array(4).fill('Error: the secret'))
})

test('a failure that carries a status of its own (401) is answered with it, and without its text', async () => {
  const { ask } = await framework((_request, _response, done) => done(Object.assign(new Error('the secret'), { status: 401 })))
  const { status, text } = await (await ask()).answer()
  expect(status).toBe(401)
  expect(text).not.toContain('secret')
})

test('exception text: by default it goes to stderr', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => { stderr.mockRestore() })
  const { dispatcher, port } = await start()
  dispatcher.dispatch((_request, _response, done) => done(new Error('the secret')))
  expect((await (await connect(port, upgradeRequest())).answer()).status).toBe(500)
  expect(stderr.mock.calls.join('')).toContain('the secret')
})

test('never finishing the handshake: a framework that is silent is a 503 at the deadline, and its response closes', async () => {
  const closed = vi.fn()
  const { ask, runtime } = await framework((_request, response) => { response.on('close', closed) }, { handshakeTimeout: 200 })
  const client = await ask()
  expect((await client.answer()).status).toBe(503)
  expect(closed).toHaveBeenCalledTimes(1)
  await client.closed
  await waitUntil(() => runtime.wheel.size === 0)
})

test('response.destroy() ends the connection, as it does for a plain request', async () => {
  const { ask, server } = await framework((_request, response) => { response.destroy() })
  const client = await ask()
  await client.closed
  expect(client.text).toBe('')
  expect(await connectionsOf(server)).toBe(0)
})

test('a failure in the middle of a streamed refusal cuts the connection, so that the peer sees that it is not whole', async () => {
  const { ask } = await framework(async (_request, response) => {
    response.writeHead(403)
    response.write('half of it')
    await delay(50)
    throw new Error('the secret')
  })
  const client = await ask()
  await client.closed
  expect(client.text).toContain('half of it')
  expect(client.text).not.toMatch(/secret|HTTP[^]*HTTP|\r\n0\r\n\r\n/)
})

test('interim responses (103) are passed over', async () => {
  const { ask } = await framework((_request, response) => {
    response.writeEarlyHints({ link: '</style.css>; rel=preload' })
    response.writeHead(403).end('no')
  })
  expect((await (await ask()).answer()).text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/)
})

test('a WebSocket upgrade that announces a body is not for frameworks, whose middleware would wait for it: 400', async () => {
  const { ask } = await framework(() => { throw new Error('never asked') })
  expect((await (await ask('/', ['Content-Length: 5'])).answer()).status).toBe(400)
  expect((await (await ask('/', ['Transfer-Encoding: chunked'])).answer()).status).toBe(400)
  expect((await (await ask('/', ['Content-Length: 0'])).answer()).status).toBe(500)
})
