// drain(): for a framework that closes the server itself (FEATURES A32, C9).
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { upgradeDispatcher } from '../../src/dispatcher/upgrade-dispatcher.js'
import { connect, connectionsOf, delay, listen, scheduler, start, upgradeRequest } from './helpers.js'

const order = (deadline: number) => ({ code: 1001, reason: '', deadline })

test('A32: it tells every listener once and waits for them, while the server goes on', async () => {
  const { server, dispatcher } = await start()
  const heard: unknown[] = []
  dispatcher.onServerClose(async (told) => { await delay(30); heard.push(told) })
  await Promise.all([dispatcher.drain(order(2_000)), dispatcher.drain(order(1))])
  expect(heard).toEqual([order(2_000)])
  expect(server.listening).toBe(true)
  await new Promise<void>((resolve) => { server.close(() => resolve()) })
  await delay(10)
  expect(heard).toHaveLength(1)
})

test('A32: close() after drain() closes the server, and resolves when it is over', async () => {
  const { server, dispatcher } = await start()
  await dispatcher.drain(order(2_000))
  const started = Date.now()
  await dispatcher.close(order(1))
  expect(server.listening).toBe(false)
  expect(Date.now() - started).toBeLessThan(1_000)
})

test('A32: a listener that does not end holds it up to the deadline; what the server still does then is cut off', async () => {
  const runtime = scheduler()
  const { server, dispatcher, port } = await start({ runtime }, createServer(() => {}))
  dispatcher.dispatch(() => {})
  dispatcher.onServerClose(() => new Promise(() => {}))
  await connect(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  const pending = await connect(port, upgradeRequest())
  await delay(50)
  const started = Date.now()
  await dispatcher.drain(order(200))
  expect(Date.now() - started).toBeGreaterThan(150)
  expect((await pending.answer()).status).toBe(503)
  while (await connectionsOf(server) > 0) await delay(10)
})

test('A32: nothing is left of it when the server has closed, listening or not', async () => {
  const runtime = scheduler()
  const server = createServer()
  await upgradeDispatcher(server, { runtime }).drain(order(60_000))
  await new Promise<void>((resolve) => { server.close(() => resolve()) })
  await delay(10)
  expect(runtime.wheel.size).toBe(0)
})

test('C9: with a readinessDelay it is not ready at once, and closes after that; a second call does not shorten it', async () => {
  const { server, dispatcher } = await start()
  const heard: unknown[] = []
  dispatcher.onServerClose((told) => { heard.push(told) })
  expect(dispatcher.isReady).toBe(true)
  const patient = { ...order(2_000), readinessDelay: 300 }
  const startedAt = performance.now()
  const closed = dispatcher.close(patient)
  void dispatcher.close(order(1))
  expect([dispatcher.isReady, server.listening, heard]).toEqual([false, true, [patient]])
  await closed
  expect(performance.now() - startedAt).toBeGreaterThan(250)
  expect([dispatcher.isReady, dispatcher.isClosed, server.listening]).toEqual([false, true, false])
})

test('C9: the delay is added to the deadline', async () => {
  const { dispatcher } = await start()
  dispatcher.onServerClose(() => new Promise(() => {}))
  const startedAt = performance.now()
  await dispatcher.close({ ...order(200), readinessDelay: 300 })
  expect(performance.now() - startedAt).toBeGreaterThan(450)
})

test('C9: from then on no framework is asked: 503 with Retry-After, unless another library takes it', async () => {
  const { server, dispatcher, port } = await start()
  let asked = 0
  dispatcher.dispatch((_request, response) => { asked++; response.writeHead(401).end() })
  dispatcher.onServerClose(() => new Promise(() => {}))
  void dispatcher.drain({ ...order(60_000), readinessDelay: 200 })
  expect((await (await connect(port, upgradeRequest())).answer()).status).toBe(401)
  await delay(400)
  const { status, text } = await (await connect(port, upgradeRequest())).answer()
  expect([status, asked]).toEqual([503, 1])
  expect(text).toContain('Retry-After: 1')
  server.on('upgrade', (_request, socket) => { socket.end('HTTP/1.1 418 Teapot\r\n\r\n') })
  expect((await (await connect(port, upgradeRequest())).answer()).status).toBe(418)
})

test('isReady follows server.close() and listening again, as isClosed does', async () => {
  const { server, dispatcher } = await start()
  await new Promise<void>((resolve) => { server.close(() => resolve()) })
  expect([dispatcher.isClosed, dispatcher.isReady]).toEqual([true, false])
  await listen(server)
  expect(dispatcher.isReady).toBe(true)
})
