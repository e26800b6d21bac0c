// C8: fastify.injectWS() opens a WebSocket without a port.
import { UpgradeRefusedError } from '@tocsin/testing'
import { expect, test } from 'vitest'
import { application, echoOf, recorder } from './support/application.js'

async function chatApplication() {
  const { chat, opened } = recorder<{ room: string; ip: string; cookie: string | undefined }>()
  const app = await application((app) => {
    app.addHook('onRequest', async (request, reply) => {
      if (!request.headers.authorization) return reply.code(401).header('X-Why', 'no token').send({ who: 'are you' })
    })
    app.get<{ Params: { room: string } }>('/rooms/:room', (request, reply) =>
      reply.upgrade(chat, { room: request.params.room, ip: request.ip, cookie: request.headers.cookie }))
  }, { fastify: { trustProxy: true } })
  return { app, opened }
}

test('it waits for the application to be ready, and sends what it is told', async () => {
  const { app, opened } = await chatApplication()
  const headers = { Authorization: 'x', Cookie: 'a=1', 'X-Forwarded-For': '203.0.113.9' }
  const client = await app.injectWS('/rooms/blue?x=1', { headers, subprotocols: ['chat'] })
  expect(await echoOf(client)).toBe('hello')
  expect(opened[0]?.data).toEqual({ room: 'blue', ip: '203.0.113.9', cookie: 'a=1' })
  expect(app.server.listening).toBe(false)
  expect(await client.close()).toEqual({ code: 1000, reason: '', clean: true })
})

test('a refusal rejects with status, headers and body', async () => {
  const { app } = await chatApplication()
  const error: unknown = await app.injectWS('/rooms/blue').catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UpgradeRefusedError)
  const headers = { 'x-why': 'no token', 'content-type': 'application/json; charset=utf-8' }
  expect(error).toMatchObject({ status: 401, headers, body: '{"who":"are you"}' })
})

test('a path that nobody has is a 404, and a closed application refuses with 503', async () => {
  const { app } = await chatApplication()
  const headers = { Authorization: 'x' }
  await expect(app.injectWS('/nowhere', { headers })).rejects.toMatchObject({ status: 404 })
  await expect(app.injectWS()).rejects.toMatchObject({ status: 401 })
  await app.close()
  await expect(app.injectWS('/rooms/blue', { headers })).rejects.toMatchObject({ status: 503 })
})

test('closing the application closes injected connections with 1001', async () => {
  const { app } = await chatApplication()
  const client = await app.injectWS('/rooms/blue', { headers: { Authorization: 'x' } })
  await app.close()
  expect(await client.closed).toEqual({ code: 1001, reason: '', clean: true })
})

test('an application that does not come up says so', async () => {
  const { app } = await chatApplication()
  app.addHook('onReady', async () => { throw new Error('no database') })
  await expect(app.injectWS('/')).rejects.toThrow('no database')
})
