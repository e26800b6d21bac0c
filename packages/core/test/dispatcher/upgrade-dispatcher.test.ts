import { once } from 'node:events'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { upgradeDispatcher } from '../../src/dispatcher/upgrade-dispatcher.js'
import { certificate } from '@tocsin/testing'
import { connect, establish, listen, RawClient, scheduler, start, takeAll, upgradeRequest } from './helpers.js'

test('C1: one dispatcher per server, frozen, found under the registered symbol by a second copy of core', async () => {
  const { server, dispatcher } = await start()
  expect(upgradeDispatcher(server)).toBe(dispatcher)
  expect(Reflect.get(server, Symbol.for('tocsin.upgrade.1'))).toBe(dispatcher)
  expect(Object.isFrozen(dispatcher)).toBe(true)
  expect(dispatcher.version).toBe(1)
  expect(server.listenerCount('upgrade')).toBe(1)
})

test('C1: an https server, and an http2 server with allowHTTP1, upgrade alike', async () => {
  for (const server of [createTlsServer(certificate), createSecureServer({ ...certificate, allowHTTP1: true })]) {
    const dispatcher = upgradeDispatcher(server, { runtime: scheduler() })
    dispatcher.attach('/a', (upgrade) => { upgrade.claim(); setTimeout(() => establish(upgrade), 20); return true })
    const port = await listen(server)
    const client = new RawClient(connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }))
    client.socket.write(upgradeRequest('/a') + 'early')
    expect(await client.until('early')).toContain('101 Switching Protocols')
    client.socket.destroy()
  }
})

test('C1: removeAllListeners(\'upgrade\') by somebody else does not switch upgrades off', async () => {
  const { server, dispatcher, port } = await start()
  dispatcher.attach('/a', takeAll)
  server.on('upgrade', () => {})
  server.removeAllListeners('upgrade')
  expect(server.listenerCount('upgrade')).toBe(1)
  server.removeAllListeners('upgrade')
  await (await connect(port, upgradeRequest('/a'))).until('101')
})

test('C1: a real client (ws) talks through an attached handler', async () => {
  const { dispatcher, port } = await start()
  dispatcher.attach('/a', takeAll)
  const client = new WebSocket(`ws://127.0.0.1:${port}/a`)
  await once(client, 'open')
  client.terminate()
  const refused = new WebSocket(`ws://127.0.0.1:${port}/b`)
  const [error] = await once(refused, 'error') as [Error]
  expect(error.message).toContain('404')
})

test('a handshake timeout that is none is a usage error', () => {
  const usageError = expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION' }) as Error
  for (const handshakeTimeout of [0, -1, NaN]) {
    expect(() => upgradeDispatcher(createServer(), { handshakeTimeout })).toThrow(usageError)
  }
})

test('requests, and every other event, pass the overridden emit untouched', async () => {
  const { server, port } = await start({}, createServer((_request, response) => response.end('page')))
  const heard = vi.fn()
  server.on('custom', heard)
  expect(server.emit('custom', 1, 2)).toBe(true)
  expect(server.emit('unheard')).toBe(false)
  expect(heard).toHaveBeenCalledWith(1, 2)
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('page')
})
