// The request's logger carries the connection's id, from the first hook to the last message.
import { Runtime, WebSocketEndpoint } from '@tocsin/core'
import type { FastifyBaseLogger } from 'fastify'
import { expect, test } from 'vitest'
import { application, delay, echoOf, refused } from './support/application.js'

interface Line {
  readonly msg: string
  readonly reqId: string
  readonly connectionId?: string
}

async function logged(chat: WebSocketEndpoint<FastifyBaseLogger>) {
  const lines: Line[] = []
  chat.on('open', (connection) => connection.data.info('open'))
  chat.on('message', (connection, message) => { connection.data.info(String(message)); connection.send(message) })
  const app = await application((app) => {
    app.addHook('onRequest', async (request) => { request.log.info('hook') })
    app.get('/', async (request, reply) => {
      const connection = await reply.upgrade(chat, request.log)
      request.log.info(`handler ${connection?.id}`)
    })
    app.get('/page', async () => 'a page')
  }, { fastify: { logger: { stream: { write: (line: string) => void lines.push(JSON.parse(line)) } } } })
  const idOf = (message: string) => lines.find(({ msg }) => msg === message)?.connectionId
  return { app, lines, idOf }
}

test('hooks, the completed request, the handler, and whoever was given the logger', async () => {
  const chat = new WebSocketEndpoint<FastifyBaseLogger>()
  const { app, lines, idOf } = await logged(chat)
  expect(await echoOf(await app.injectWS('/'), 'said')).toBe('said')
  await delay(5)
  const { id } = [...chat.connections][0]!
  const messages = ['hook', 'request completed', 'open', 'said', `handler ${id}`]
  for (const message of messages) expect([message, idOf(message)]).toEqual([message, id])
  expect(idOf('incoming request')).toBe(undefined)
  expect(new Set(lines.map(({ reqId }) => reqId)).size).toBe(1)
})

test('each upgrade has an id of its own, a refused one too; plain requests have none', async () => {
  const chat = new WebSocketEndpoint<FastifyBaseLogger>()
  const { app, lines } = await logged(chat)
  await app.injectWS('/')
  await refused(app.injectWS('/', { origin: 'https://evil.example' }))
  await app.inject('/page')
  await app.inject('/')
  const ids = lines.filter(({ msg }) => msg === 'request completed').map(({ connectionId }) => connectionId)
  expect(ids).toEqual([[...chat.connections][0]?.id, expect.stringContaining('.'), undefined, undefined])
  expect(ids[0]).not.toBe(ids[1])
})

test('an endpoint with a runtime of its own names its connections itself', async () => {
  const runtime = new Runtime()
  const chat = new WebSocketEndpoint<FastifyBaseLogger>({ runtime })
  const { app, idOf } = await logged(chat)
  await app.injectWS('/')
  const { id } = [...chat.connections][0]!
  expect(id.startsWith(`${runtime.nodeId}.`)).toBe(true)
  expect(idOf('request completed')).toBe(id)
})
