// FEATURES A32, C9: fastify.close() ends what is connected, within the deadline.
import { get } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { connect as connectHttp2 } from 'node:http2'
import { once } from 'node:events'
import { WebSocketEndpoint } from '@tocsin/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { delay, echoOf, recorder, start, waitUntil } from './support/application.js'
import { certificate } from '@tocsin/testing'

async function timed(promise: Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await promise
  return performance.now() - startedAt
}

describe('A32, C9: close()', () => {
  test('1,000 connections: each gets 1001, and it is over within the deadline', { timeout: 30_000 }, async () => {
    const chat = new WebSocketEndpoint({ pushOnly: true })
    const { app, open } = await start((app) => app.get('/', (_request, reply) => reply.upgrade(chat)), { plugin: { deadline: 5_000 } })
    const clients = []
    for (let i = 0; i < 20; i++) clients.push(...await Promise.all(Array.from({ length: 50 }, () => open('/'))))
    expect(chat.connections.size).toBe(1_000)
    expect(await timed(app.close())).toBeLessThan(5_000)
    const codes = await Promise.all(clients.map(async ({ closed }) => (await closed).code))
    expect(new Set(codes)).toEqual(new Set([1001]))
    expect(app.server.listening).toBe(false)
  })

  test('what peers are told, their messages before it, and `close` handlers, which are awaited', async () => {
    const { chat } = recorder()
    let handled = 0
    chat.on('close', async () => { await delay(50); handled++ })
    const plugin = { code: 1012, reason: 'update' }
    const { app, open } = await start((app) => app.get('/', (_request, reply) => reply.upgrade(chat)), { plugin })
    const client = await open('/')
    chat.broadcast('last words')
    await app.close()
    expect(handled).toBe(1)
    expect(await client.next()).toBe('last words')
    expect(await client.closed).toMatchObject({ code: 1012, reason: 'update', clean: true })
  })

  test('a peer that answers nothing is cut at the deadline; the hooks of others come after that', async () => {
    const { chat } = recorder()
    const order: string[] = []
    const { app, open } = await start((app) => {
      app.addHook('onClose', async () => { order.push('onClose') })
      app.addHook('preClose', async () => { order.push('preClose') })
      app.get('/', (_request, reply) => reply.upgrade(chat))
    }, { plugin: { deadline: 300 } })
    await open('/', { answersClose: false })
    const duration = await timed(app.close())
    expect(duration).toBeGreaterThan(200)
    expect(duration).toBeLessThan(2_000)
    expect(order).toEqual(['preClose', 'onClose'])
    await waitUntil(() => chat.connections.size === 0)
  })

  test('a plain request in flight may finish; one that does not is cut at the deadline', async () => {
    let inFlight = 0
    const { app, port } = await start((app) => {
      app.addHook('onRequest', async () => { inFlight++ })
      app.get('/slow', async () => { await delay(150); return 'whole' })
      app.get('/never', () => {})
    }, { plugin: { deadline: 600 } })
    const slow = fetch(`http://127.0.0.1:${port}/slow`).then((response) => response.text())
    const never = fetch(`http://127.0.0.1:${port}/never`).then(() => 'answered', () => 'cut')
    await waitUntil(() => inFlight === 2)
    const duration = await timed(app.close())
    expect(await Promise.all([slow, never])).toEqual(['whole', 'cut'])
    expect(duration).toBeGreaterThan(400)
    expect(duration).toBeLessThan(2_500)
  })

  test("Fastify's own forceCloseConnections is not held up", async () => {
    const settings = { plugin: { deadline: 5_000 }, fastify: { forceCloseConnections: true } }
    let inFlight = 0
    const { app, port } = await start((app) => app.get('/never', () => { inFlight++ }), settings)
    get({ port, path: '/never' }).on('error', () => {})
    await waitUntil(() => inFlight === 1)
    expect(await timed(app.close())).toBeLessThan(1_000)
  })

  test('http2: WebSockets get 1001, sessions are closed as Fastify closes them', async () => {
    const { chat } = recorder()
    const { app, open, port } = await start((app) => app.get('/', (_request, reply) => reply.upgrade(chat)),
      { plugin: { deadline: 5_000 }, fastify: { http2: true, https: { allowHTTP1: true, ...certificate }, forceCloseConnections: true } })
    const client = await open('/', { tls: { rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] } })
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false }).on('error', () => {})
    onTestFinished(() => session.destroy())
    await once(session, 'connect')
    expect(await timed(app.close())).toBeLessThan(1_500)
    expect((await client.closed).code).toBe(1001)
  })

  test('an application that never listened, and one that is closed twice', async () => {
    const { chat } = recorder()
    const { app, open } = await start((app) => app.get('/', (_request, reply) => reply.upgrade(chat)))
    const client = await open('/')
    await Promise.all([app.close(), app.close()])
    await app.close()
    expect((await client.closed).code).toBe(1001)
  })

  test('whoever knocks while it drains gets a 503', async () => {
    const { chat } = recorder()
    const plugin = { deadline: 400 }
    const { app, open, refusal } = await start((app) => app.get('/', (_request, reply) => reply.upgrade(chat)), { plugin })
    const client = await open('/', { answersClose: false })
    await echoOf(client)
    const closed = app.close()
    await delay(50)
    expect(await refusal('/')).toMatchObject({ status: 503, headers: { connection: 'close' } })
    await closed
  })

  test('tocsin.drain() before close(): routes and new upgrades go on for the readinessDelay; close() alone does not wait for it', async () => {
    const plugin = { readinessDelay: 400, deadline: 2_000 }
    const route = (app: FastifyInstance): unknown => {
      const { chat } = recorder()
      return app.get('/', (_request, reply) => reply.upgrade(chat)).get('/ready', async () => ({ isReady: app.tocsin.isReady }))
    }
    const { app, open, port } = await start(route, { plugin })
    expect(app.tocsin.isReady).toBe(true)
    const client = await open('/')
    const drained = app.tocsin.drain()
    expect(await (await fetch(`http://127.0.0.1:${port}/ready`)).json()).toEqual({ isReady: false })
    const late = await open('/')
    await drained
    expect((await Promise.all([client.closed, late.closed])).map(({ code }) => code)).toEqual([1001, 1001])
    expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200)
    expect(await timed(app.close())).toBeLessThan(1_000)

    const other = await start(route, { plugin: { ...plugin, readinessDelay: 60_000 } })
    await other.open('/')
    expect(await timed(other.app.close())).toBeLessThan(1_500)
    expect(other.app.tocsin.isReady).toBe(false)
  })

  test.each([{ code: 1006 }, { deadline: 1_000, spread: 600 }, { readinessDelay: -1 }])('%j is a usage error when the plug-in is registered', async (plugin) => {
    await expect(start(() => {}, { plugin })).rejects.toThrow(expect.objectContaining({ name: 'UsageError' }))
  })
})
