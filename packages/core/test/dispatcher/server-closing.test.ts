import { createServer, get } from 'node:http'
import { expect, test } from 'vitest'
import { connect, connectionsOf, delay, listen, scheduler, start, upgradeRequest, waitUntil } from './helpers.js'

const order = (deadline: number) => ({ code: 1001, reason: '', deadline })

test('A32: close(order) tells every listener once, with the order, and waits for them and for the server', async () => {
  const { server, dispatcher } = await start()
  const heard: unknown[] = []
  dispatcher.onServerClose(async (told) => { await delay(30); heard.push(told) })
  dispatcher.onServerClose(() => { throw new Error('one that fails holds nobody up') })
  const [first, second] = [dispatcher.close(order(2_000)), dispatcher.close(order(1))]
  expect(server.listening).toBe(false)
  expect(dispatcher.isClosed).toBe(true)
  await Promise.all([first, second])
  expect(heard).toEqual([order(2_000)])
})

test('A32: a listener that comes while everything ends is told at once', async () => {
  const { dispatcher } = await start()
  const closed = dispatcher.close(order(1_000))
  const heard: unknown[] = []
  dispatcher.onServerClose((told) => heard.push(told))
  expect(heard).toEqual([order(1_000)])
  await closed
})

test('A32: a connection that becomes idle while the server ends is not kept for its keepAliveTimeout', async () => {
  const server = createServer((_request, response) => { setTimeout(() => response.end('done'), 50) })
  server.keepAliveTimeout = 60_000
  const { dispatcher, port } = await start({}, server)
  const client = await connect(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await delay(20)
  const started = Date.now()
  await dispatcher.close(order(5_000))
  expect(client.text).toContain('done')
  expect(Date.now() - started).toBeLessThan(2_000)
})

test('A32: at the deadline it is over: what has not finished is cut, an upgrade that nobody decided is a 503', async () => {
  const runtime = scheduler()
  const { server, dispatcher, port } = await start({ runtime }, createServer(() => {}))
  dispatcher.dispatch(() => {})
  dispatcher.onServerClose(() => new Promise(() => {}))
  const page = get({ port }).on('error', () => {})
  const pending = await connect(port, upgradeRequest())
  await waitUntil(() => page.socket?.bytesWritten !== 0)
  await delay(50)
  await dispatcher.close(order(200))
  expect((await pending.answer()).status).toBe(503)
  while (await connectionsOf(server) > 0) await delay(10)
})

test('isClosed: from close() until the server listens again', async () => {
  const { server, dispatcher } = await start()
  expect(dispatcher.isClosed).toBe(false)
  await new Promise<void>((resolve) => { server.close(() => resolve()) })
  expect(dispatcher.isClosed).toBe(true)
  await listen(server)
  expect(dispatcher.isClosed).toBe(false)
})
