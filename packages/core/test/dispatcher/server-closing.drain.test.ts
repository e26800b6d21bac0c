// drain(): for a framework that closes the server itself (FEATURES A32, C9).
import { createServer } from 'node:http'
import { expect, test } from 'vitest'
import { upgradeDispatcher } from '../../src/dispatcher/upgrade-dispatcher.js'
import { connect, connectionsOf, delay, scheduler, start, upgradeRequest } from './helpers.js'

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
