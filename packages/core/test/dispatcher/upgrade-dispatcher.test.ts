import { once } from 'node:events'
import { createServer } from 'node:http'
import { createSecureServer } from 'node:http2'
import { createServer as createTlsServer } from 'node:https'
import { connect as connectTls } from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { dispatchUpgrades, upgradeDispatcher } from '../../src/dispatcher/upgrade-dispatcher.js'
import { certificate } from './certificate.js'
import { connect, delay, establish, listen, RawClient, scheduler, start, takeAll, upgradeRequest } from './helpers.js'

test('C1: one dispatcher per server, frozen, found under the registered symbol by a second copy of core', async () => {
  const { server, dispatcher } = await start()
  expect(upgradeDispatcher(server)).toBe(dispatcher)
  expect(Reflect.get(server, Symbol.for('tocsin.upgrade.1'))).toBe(dispatcher)
  expect(Object.isFrozen(dispatcher)).toBe(true)
  expect(dispatcher.version).toBe(1)
  expect(server.listenerCount('upgrade')).toBe(1)
})

test('C1: several endpoints share one server by path, and a path nobody claims gets 404 at once', async () => {
  const { dispatcher, port } = await start()
  dispatcher.attach('/a', (upgrade) => { upgrade.claim(); establish(upgrade, { 'X-Who': 'a' }); return true })
  dispatcher.attach('/b', (upgrade) => { upgrade.claim(); establish(upgrade, { 'X-Who': 'b' }); return true })
  expect(await (await connect(port, upgradeRequest('/a?x=/b'))).until('\r\n\r\n')).toContain('X-Who: a')
  expect(await (await connect(port, upgradeRequest('/b'))).until('\r\n\r\n')).toContain('X-Who: b')
  const { status, text } = await (await connect(port, upgradeRequest('/c'))).answer()
  expect(status).toBe(404)
  expect(text).toMatch(/connection: close\r\n/i)
})

test.each(['/a/', '//a', '/A', '/%61', '/a;x', '/./a', '/b/../a', 'http://localhost/a', '/a#'])(
  'path confusion: %s is not /a', async (path) => {
    const { dispatcher, port } = await start()
    dispatcher.attach('/a', takeAll)
    expect((await (await connect(port, upgradeRequest(path))).answer()).status).toBe(404)
  })

test('a handler for every path is asked after the one with the path; a path can be taken once, and be detached', async () => {
  const { dispatcher, port } = await start()
  const asked: string[] = []
  dispatcher.attach(undefined, (upgrade) => { asked.push('every'); return takeAll(upgrade) })
  const detach = dispatcher.attach('/a', (upgrade) => { asked.push('a'); return takeAll(upgrade) })
  expect(() => dispatcher.attach('/a', takeAll)).toThrow(expect.objectContaining({ code: 'WS_ERR_PATH_TAKEN' }))
  expect(() => dispatcher.attach(undefined, takeAll)).toThrow(expect.objectContaining({ code: 'WS_ERR_PATH_TAKEN' }))
  await (await connect(port, upgradeRequest('/a'))).until('101')
  await (await connect(port, upgradeRequest('/b'))).until('101')
  detach()
  detach()
  await (await connect(port, upgradeRequest('/a'))).until('101')
  expect(asked).toEqual(['a', 'every', 'every'])
})

test('a handler that declines leaves the upgrade to the one for every path; one that returns true without claiming has claimed', async () => {
  const { dispatcher, port } = await start()
  dispatcher.attach('/a', () => false)
  dispatcher.attach(undefined, (upgrade) => {
    setTimeout(() => establish(upgrade), 5)
    return true
  })
  await (await connect(port, upgradeRequest('/a'))).until('101')
})

test('exception text: a handler that throws is a 500 without it', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  onTestFinished(() => { stderr.mockRestore() })
  const { dispatcher, port } = await start()
  dispatcher.attach('/a', () => { throw new Error('the secret') })
  const { status, text } = await (await connect(port, upgradeRequest('/a'))).answer()
  expect(status).toBe(500)
  expect(text).not.toContain('secret')
  expect(stderr.mock.calls.join('')).toContain('the secret')
})

test('A35: frames in the same segment as the request, and those that come while a handler works, are kept in order', async () => {
  const { dispatcher, port } = await start()
  dispatcher.attach('/a', (upgrade) => {
    upgrade.claim()
    setTimeout(() => establish(upgrade), 60)
    return true
  })
  const client = await connect(port, upgradeRequest('/a') + 'one-')
  await delay(20)
  client.socket.write('two-')
  await client.until('one-two-')
  client.socket.write('three')
  expect(await client.until('one-two-three')).toMatch(/\r\n\r\none-two-three$/)
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

test('A32: server.close() tells the listeners once per life of the server, whoever calls it and however often', async () => {
  const server = createServer()
  const { dispatcher } = await start({}, server)
  const heard: string[] = []
  dispatcher.onServerClose(() => heard.push('one'))
  const off = dispatcher.onServerClose(() => heard.push('two'))
  expect(server.close()).toBe(server)
  expect(server.listening).toBe(false)
  server.close()
  expect(heard).toEqual(['one', 'two'])
  off()
  await listen(server)
  await new Promise<void>((resolve) => { server.close(() => resolve()) })
  expect(heard).toEqual(['one', 'two', 'one'])
})

test('A32: `await using` of the server closes through the same door', async () => {
  const { server, dispatcher } = await start()
  const heard = vi.fn()
  dispatcher.onServerClose(heard)
  await server[Symbol.asyncDispose]()
  expect(heard).toHaveBeenCalledTimes(1)
})

test('dispatchUpgrades runs a framework until it is closed', async () => {
  const server = createServer()
  const dispatched = dispatchUpgrades(server, (_request, response) => response.writeHead(403).end(), { runtime: scheduler() })
  const port = await listen(server)
  expect((await (await connect(port, upgradeRequest())).answer()).status).toBe(403)
  dispatched.close()
  expect((await (await connect(port, upgradeRequest())).answer()).status).toBe(404)
})

test('a handshake timeout that is none is a usage error', () => {
  expect(() => upgradeDispatcher(createServer(), { handshakeTimeout: 0 })).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION' }))
  expect(() => upgradeDispatcher(createServer(), { handshakeTimeout: NaN })).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION' }))
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
