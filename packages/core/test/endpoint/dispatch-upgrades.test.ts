import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { dispatchUpgrades } from '../../src/endpoint/dispatch-upgrades.js'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import { connect, listen, scheduler, upgradeRequest } from '../dispatcher/helpers.js'

test('runs a framework until it is detached', async () => {
  const server = createServer()
  const dispatched = dispatchUpgrades(server, (_request, response) => response.writeHead(403).end(), { runtime: scheduler() })
  const port = await listen(server)
  expect((await (await connect(port, upgradeRequest())).answer()).status).toBe(403)
  dispatched.detach()
  expect((await (await connect(port, upgradeRequest())).answer()).status).toBe(404)
})

test('A32: close() ends the endpoints that were used through it, by a route or by a path, and the server', async () => {
  const [routed, attached, other] = [new WebSocketEndpoint({ pushOnly: true }), new WebSocketEndpoint({ pushOnly: true }), new WebSocketEndpoint()]
  const server = createServer()
  const dispatched = dispatchUpgrades(server, (request, response) => routed.upgrade(request, response))
  attached.attach(server, { path: '/attached' })
  const port = await listen(server)
  const clients = ['/routed', '/attached'].map((path) => new WebSocket(`ws://127.0.0.1:${port}${path}`))
  await Promise.all(clients.map((client) => once(client, 'open')))
  const closes = Promise.all(clients.map(async (client) => { const [code] = await once(client, 'close') as [number]; return code }))
  await dispatched.close({ code: 1012 })
  expect(await closes).toEqual([1012, 1012])
  expect(server.listening).toBe(false)
  expect(other.stats().connections).toBe(0)
})

test('A32: an endpoint that opts out of the drain on server.close() is closed all the same', async () => {
  const endpoint = new WebSocketEndpoint({ pushOnly: true, drainOnServerClose: false })
  const server = createServer()
  const dispatched = dispatchUpgrades(server, (request, response) => endpoint.upgrade(request, response))
  const port = await listen(server)
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  await once(client, 'open')
  server.close()
  await vi.waitFor(() => expect(server.listening).toBe(false))
  expect(client.readyState).toBe(WebSocket.OPEN)
  const closed = once(client, 'close')
  await dispatched.close()
  expect((await closed)[0]).toBe(1001)
})

test('a code that cannot be sent is a usage error, and nothing is closed', async () => {
  const server = createServer()
  const dispatched = dispatchUpgrades(server, () => {})
  await listen(server)
  await expect(dispatched.close({ code: 1006 })).rejects.toMatchObject({ code: 'WS_ERR_CLOSE_CODE' })
  expect(server.listening).toBe(true)
})

test('many endpoints on one server leave no warning about listeners, and a closed endpoint leaves nothing on it', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const server = createServer()
  const endpoints = Array.from({ length: 20 }, (_, i) => new WebSocketEndpoint({ pushOnly: true }).attach(server, { path: `/${i}` }))
  expect(warn).not.toHaveBeenCalled()
  warn.mockRestore()
  await Promise.all(endpoints.map((endpoint) => endpoint.close()))
  expect(() => new WebSocketEndpoint().attach(server, { path: '/0' })).not.toThrow()
})
