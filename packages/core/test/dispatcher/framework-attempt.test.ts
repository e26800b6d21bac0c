import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { RequestHandler } from '../../src/dispatcher/framework-attempt.js'
import { pendingUpgradeOf } from '../../src/dispatcher/routed-upgrade.js'
import type { DispatchOptions } from '../../src/dispatcher/upgrade-chain.js'
import { serializeResponse, serializeSwitchingProtocols } from '../../src/handshake/response.js'
import { connect, connectionsOf, delay, KEY, scheduler, start, upgradeRequest, waitUntil, type RawClient } from './helpers.js'

/** What `endpoint.upgrade(request, response)` will do. */
async function upgradeRoute(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const upgrade = pendingUpgradeOf(request, response)!
  upgrade.claim()
  const lines = await upgrade.switchingProtocols(response)
  if (!lines) return false
  const head = upgrade.take()
  upgrade.socket.on('error', () => {})
  upgrade.socket.write(serializeSwitchingProtocols({ key: KEY, headers: Object.fromEntries(lines) }))
  upgrade.socket.write(head)
  upgrade.socket.on('data', (chunk: Buffer) => upgrade.socket.write(chunk))
  return true
}

async function framework(handler: RequestHandler, options: DispatchOptions & { handshakeTimeout?: number } = {}) {
  const runtime = scheduler()
  const { handshakeTimeout = 2_000, ...rest } = options
  const { server, dispatcher, port } = await start({ runtime, handshakeTimeout })
  dispatcher.dispatch(handler, { onError: () => {}, ...rest })
  const ask = (path = '/', fields: readonly string[] = []): Promise<RawClient> => connect(port, upgradeRequest(path, fields))
  return { runtime, server, dispatcher, port, ask }
}

test('a route upgrades: hooks into writeHead and end run, the session is saved first, and their headers reach the 101', async () => {
  const order: string[] = []
  const { ask } = await framework((request, response) => {
    const { writeHead, end } = response
    response.writeHead = function (this: ServerResponse, ...values: never[]) {
      order.push('writeHead')
      this.setHeader('Set-Cookie', 'session=1')
      this.setHeader('Content-Type', 'text/html')
      return Reflect.apply(writeHead, this, values) as ServerResponse
    } as typeof writeHead
    response.end = function (this: ServerResponse, ...values: never[]) {
      setTimeout(() => { order.push('saved'); Reflect.apply(end, this, values) }, 30)
      return this
    } as typeof end
    response.on('finish', () => order.push('finish'))
    response.on('close', () => order.push('close'))
    void upgradeRoute(request, response).then((hasUpgraded) => order.push(`upgraded ${hasUpgraded}`))
  })
  const client = await ask('/rooms/blue')
  client.socket.write('early')
  const text = await client.until('early')
  expect(text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/)
  expect(text).toContain('Set-Cookie: session=1')
  expect(text).not.toMatch(/content-|transfer-|keep-alive|connection: close/i)
  await waitUntil(() => order.length === 5)
  expect(order.slice(0, 3)).toEqual(['writeHead', 'saved', 'finish'])
  expect(order.slice(3).toSorted()).toEqual(['close', 'upgraded true'])
})

test.each([400, 401, 403, 405, 410, 426, 429, 500, 503])('a refusal with %i is forwarded whole', async (status) => {
  const { ask, server } = await framework((_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'X-Reason': 'because', 'Connection': 'keep-alive', 'Keep-Alive': 'timeout=5' })
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

test.each([200, 204, 302, 304, 404])('C1: %i means "not mine": the next framework is asked, and the first one\'s answer is the last word', async (status) => {
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
  const { ask, dispatcher } = await framework((_request, _response, done) => { asked.push('first'); done() }, { ignore: ({ url }) => url === '/hmr' })
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

test('the deadline is for whom nobody claims: a claimed upgrade is the claimer\'s business', async () => {
  const { ask } = await framework(async (request, response) => {
    const upgrade = pendingUpgradeOf(request, response)!
    upgrade.claim()
    await delay(400)
    const lines = await upgrade.switchingProtocols(response)
    expect(lines).not.toBe(null)
    upgrade.take()
    upgrade.socket.end('HTTP/1.1 101 At last\r\n\r\n')
  }, { handshakeTimeout: 150 })
  await (await ask()).until('101 At last')
})

test.each(['RST', 'FIN'])('C2: %s while middleware works: the response closes, the upgrade is gone, nobody else is asked', async (fault) => {
  const heard: string[] = []
  let routed: ReturnType<typeof pendingUpgradeOf>
  const { ask, server, dispatcher, runtime } = await framework(async (request, response, done) => {
    routed = pendingUpgradeOf(request, response)
    routed!.onGone(() => heard.push('gone'))
    response.on('close', () => heard.push('close'))
    await delay(100)
    done()
    response.end('too late')
  })
  dispatcher.dispatch(() => heard.push('second'))
  const client = await ask()
  await waitUntil(() => routed !== undefined)
  if (fault === 'FIN') client.socket.end()
  else client.socket.resetAndDestroy()
  await waitUntil(() => heard.length === 2)
  expect(routed!.isGone).toBe(true)
  await delay(150)
  expect(heard.toSorted()).toEqual(['close', 'gone'])
  expect(await connectionsOf(server)).toBe(0)
  expect(runtime.wheel.size).toBe(0)
})

test('C2: RST while the session is being saved: switchingProtocols says null', async () => {
  const results: unknown[] = []
  const { ask } = await framework(async (request, response) => {
    response.end = function () { return this }
    results.push(await upgradeRoute(request, response))
  })
  const client = await ask()
  await delay(30)
  client.socket.resetAndDestroy()
  await waitUntil(() => results.length > 0)
  expect(results).toEqual([false])
})

test('a hook that turns the 101 into something else has refused, whole', async () => {
  const results: unknown[] = []
  const { ask } = await framework(async (request, response) => {
    const { writeHead } = response
    response.writeHead = function (this: ServerResponse) { return Reflect.apply(writeHead, this, [403, { 'X-By': 'hook' }]) as ServerResponse } as typeof writeHead
    results.push(await upgradeRoute(request, response))
  })
  const { status, text } = await (await ask()).answer()
  expect(status).toBe(403)
  expect(text).toMatch(/x-by: hook/i)
  expect(results).toEqual([false])
})

test('a response that was begun, a foreign one, and a 101 by hand are usage errors', async () => {
  const errors: unknown[] = []
  let route: RequestHandler = () => {}
  const { ask, dispatcher } = await framework((...values) => route(...values), { onError: (error) => errors.push(error) })
  dispatcher.dispatch((_request, _response, done) => done())
  route = async (request, response) => { response.writeHead(200); await pendingUpgradeOf(request, response)!.switchingProtocols(response) }
  expect((await (await ask()).answer()).status).toBe(500)
  route = async (request, response) => {
    await pendingUpgradeOf(request, response)!.switchingProtocols({} as ServerResponse)
  }
  expect((await (await ask()).answer()).status).toBe(500)
  route = (_request, response) => response.writeHead(101).end()
  expect((await (await ask()).answer()).status).toBe(500)
  expect(errors.map((error) => (error as { code: string }).code)).toEqual(['WS_ERR_HEADERS_SENT', 'WS_ERR_FOREIGN_RESPONSE', 'WS_ERR_NOT_SWITCHING'])
})

test('a claimed upgrade is answered by its own route only, whatever the status; `done()` is not heard any more', async () => {
  const { ask, dispatcher } = await framework((request, response, done) => {
    pendingUpgradeOf(request, response)!.claim()
    done()
    response.writeHead(404).end('this room is gone')
  })
  dispatcher.dispatch(() => { throw new Error('never asked') })
  const { status, text } = await (await ask()).answer()
  expect(status).toBe(404)
  expect(text).toContain('this room is gone')
})

test('a route that holds on to an upgrade which was not its own finds it gone', async () => {
  let routed: ReturnType<typeof pendingUpgradeOf>
  const { ask, dispatcher } = await framework((request, response, done) => { routed = pendingUpgradeOf(request, response); done() })
  dispatcher.dispatch((request, response) => {
    expect(routed!.isGone).toBe(true)
    expect(pendingUpgradeOf(request, response)).not.toBe(routed)
    void upgradeRoute(request, response)
  })
  await (await ask()).until('101')
  expect(() => routed!.claim()).toThrow(expect.objectContaining({ code: 'WS_ERR_ALREADY_UPGRADED' }))
})

test('a route that refuses past the response: the peer gets the refusal, the response closes and what is written to it later is dropped', async () => {
  const closed = vi.fn()
  const { ask } = await framework(async (request, response) => {
    response.on('close', closed)
    const upgrade = pendingUpgradeOf(request, response)!
    upgrade.claim()
    upgrade.refuse(serializeResponse({ status: 403, body: 'origin' }))
    expect(await upgrade.switchingProtocols(response)).toBe(null)
    await delay(20)
    response.writeHead(200).end('too late')
  })
  const { status, text } = await (await ask()).answer()
  expect(status).toBe(403)
  await delay(50)
  expect(text).not.toContain('too late')
  expect(closed).toHaveBeenCalledTimes(1)
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

test('a plain request has no pending upgrade', async () => {
  const seen: unknown[] = []
  const server = createServer((request, response) => { seen.push(pendingUpgradeOf(request, response)); response.end() })
  const { port } = await start({}, server)
  await fetch(`http://127.0.0.1:${port}/`)
  expect(seen).toEqual([undefined])
})

test('the response looks as if it were on a socket, and the upgrade is a frozen, minimal object', async () => {
  const seen: unknown[] = []
  const { ask } = await framework((request, response) => {
    const upgrade = pendingUpgradeOf(request, response)!
    expect(Object.isFrozen(upgrade)).toBe(true)
    expect(Object.keys(upgrade).toSorted()).toEqual(
      ['claim', 'isClaimed', 'isGone', 'onGone', 'refuse', 'request', 'server', 'socket', 'switchingProtocols', 'take'])
    seen.push(response.socket!.remoteAddress, response.req === request, response.socket === upgrade.socket)
    response.setTimeout(10)
    response.socket!.setNoDelay().setKeepAlive().ref().unref()
    response.cork()
    response.writeHead(403)
    response.write('corked')
    response.uncork()
    response.end()
  })
  expect((await (await ask()).answer()).text).toContain('corked')
  expect(seen).toEqual(['127.0.0.1', true, false])
})

test('a WebSocket upgrade that announces a body is not for frameworks, whose middleware would wait for it: 400', async () => {
  const { ask } = await framework(() => { throw new Error('never asked') })
  expect((await (await ask('/', ['Content-Length: 5'])).answer()).status).toBe(400)
  expect((await (await ask('/', ['Transfer-Encoding: chunked'])).answer()).status).toBe(400)
  expect((await (await ask('/', ['Content-Length: 0'])).answer()).status).toBe(500)
})
