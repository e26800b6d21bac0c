import { createServer, type ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import type { RequestHandler } from '../../src/dispatcher/framework-attempt.js'
import { pendingUpgradeOf } from '../../src/dispatcher/routed-upgrade.js'
import { serializeResponse } from '../../src/handshake/response.js'
import { framework, upgradeRoute } from './framework-helpers.js'
import { connectionsOf, delay, start, waitUntil } from './helpers.js'

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

test.each(['RST', 'FIN'])('C2: %s while middleware works: response closed, upgrade gone, nobody else asked', async (fault) => {
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
    response.writeHead = function (this: ServerResponse) {
      return Reflect.apply(writeHead, this, [403, { 'X-By': 'hook' }]) as ServerResponse
    } as typeof writeHead
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
  const codes = errors.map((error) => (error as { code: string }).code)
  expect(codes).toEqual(['WS_ERR_HEADERS_SENT', 'WS_ERR_FOREIGN_RESPONSE', 'WS_ERR_NOT_SWITCHING'])
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

test('a route that refuses past the response: the response closes, and what is written to it later is dropped', async () => {
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
    expect(Object.getOwnPropertyNames(Object.getPrototypeOf(upgrade)).toSorted()).toEqual(
      ['claim', 'constructor', 'isClaimed', 'isGone', 'leaveToOthers', 'onGone', 'refuse', 'request', 'server', 'socket', 'switchingProtocols', 'take'])
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
