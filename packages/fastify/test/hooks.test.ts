// FEATURES C5: every stage of Fastify's lifecycle runs for an upgrade as it does for a request.
import cookie from '@fastify/cookie'
import { WebSocketEndpoint } from '@tocsin/core'
import { resetSocket } from '@tocsin/testing'
import type { FastifyInstance } from 'fastify'
import { describe, expect, test, vi } from 'vitest'
import { application, delay, echoOf, recorder, start, waitUntil } from './support/application.js'

function trace(app: FastifyInstance, log: string[]): void {
  app.addHook('onRequest', async () => { log.push('onRequest') })
  app.addHook('preParsing', async () => { log.push('preParsing') })
  app.addHook('preValidation', async () => { log.push('preValidation') })
  app.addHook('preHandler', async () => { await delay(1); log.push('preHandler') })
  app.addHook('preSerialization', async (_request, _reply, payload) => { log.push('preSerialization'); return payload })
  app.addHook('onSend', async (_request, reply, payload) => { await delay(1); log.push(`onSend ${reply.statusCode}`); return payload })
  app.addHook('onResponse', async (_request, reply) => { log.push(`onResponse ${reply.statusCode}`) })
  app.addHook('onError', async () => { log.push('onError') })
  app.addHook('onTimeout', async () => { log.push('onTimeout') })
  app.addHook('onRequestAbort', async (_request) => { log.push('onRequestAbort') })
}

describe('C5: the stages', () => {
  test('in order before the 101; `open` comes after them', async () => {
    const { chat } = recorder()
    const log: string[] = []
    chat.on('open', () => { log.push('open') })
    const { open } = await start((app) => {
      trace(app, log)
      app.get('/', (_request, reply) => { log.push('handler'); return reply.upgrade(chat) })
    })
    expect(await echoOf(await open('/'))).toBe('hello')
    expect(log).toEqual(['onRequest', 'preParsing', 'preValidation', 'preHandler', 'handler', 'onSend 101', 'onResponse 101', 'open'])
  })

  test('C8: with every type of hook, onTimeout included, without listening', async () => {
    const { chat } = recorder()
    const log: string[] = []
    const app = await application((app) => {
      trace(app, log)
      app.get('/', { onTimeout: async () => { log.push('onTimeout of the route') } }, (_request, reply) => reply.upgrade(chat))
    })
    const client = await app.injectWS('/')
    expect(await echoOf(client)).toBe('hello')
    expect(log).not.toContain('onTimeout')
    expect((await client.close()).clean).toBe(true)
  })

  test('the socket of a connection keeps nothing of the request, where there is an onTimeout hook', async () => {
    const { chat } = recorder()
    let socket: object = {}
    const app = await application((app) => {
      app.addHook('onTimeout', async () => {})
      app.get('/', (request, reply) => { socket = request.raw.socket; return reply.upgrade(chat) })
    })
    await echoOf(await app.injectWS('/'))
    expect(Reflect.get(socket, '_meta')).toBe(null)
  })

  test('onTimeout is heard before the 101, and never after it', async () => {
    const { chat } = recorder()
    const log: string[] = []
    const { open, refusal } = await start((app) => {
      app.addHook('onTimeout', async (request) => { log.push(request.url) })
      app.get('/slow', async (_request, reply) => { await delay(300); return reply.upgrade(chat) })
      app.get('/quick', (_request, reply) => reply.upgrade(chat))
    }, { fastify: { connectionTimeout: 100 } })
    const client = await open('/quick')
    await expect(refusal('/slow')).rejects.toThrow()
    expect(log).toEqual(['/slow'])
    await delay(150)
    expect(await echoOf(client)).toBe('hello')
    expect(log).toEqual(['/slow'])
  })

  test.each(['RST', 'FIN'])('C2: a peer that goes away by %s meanwhile: onRequestAbort runs and request.signal aborts', async (fault) => {
    const { chat, refusals, opened } = recorder()
    const log: string[] = []
    let request: { signal: AbortSignal } | undefined
    const handled = vi.fn()
    const app = await application((app) => {
      trace(app, log)
      app.addHook('preHandler', async (given) => {
        request = given
        given.signal.addEventListener('abort', () => log.push('signal'))
        await delay(50)
      })
      app.get('/', async (_request, reply) => { handled(await reply.upgrade(chat)) })
    })
    const { injectSocket, serializeHandshakeRequest } = await import('@tocsin/testing')
    await app.ready()
    const socket = injectSocket(app.server as never).on('error', () => {})
    socket.write(serializeHandshakeRequest({ path: '/' }, 'localhost').bytes)
    await waitUntil(() => request !== undefined)
    if (fault === 'RST') resetSocket(socket)
    else socket.end()
    await waitUntil(() => handled.mock.calls.length > 0)
    expect(handled).toHaveBeenCalledWith(null)
    expect(log).toEqual(expect.arrayContaining(['onRequestAbort', 'signal']))
    expect([opened.length, refusals[0]?.code]).toEqual([0, 'WS_ERR_PEER_GONE'])
  })

  test('handlerTimeout answers an upgrade that takes too long, and leaves a connection alone', async () => {
    const { chat } = recorder()
    const { open, refusal } = await start((app) => {
      app.get('/slow', async (_request, reply) => { await delay(200); return reply.upgrade(chat) })
      app.get('/quick', async (_request, reply) => { await reply.upgrade(chat); await delay(200) })
    }, { fastify: { handlerTimeout: 100 } })
    const client = await open('/quick')
    expect((await refusal('/slow')).status).toBe(503)
    await delay(150)
    expect(await echoOf(client)).toBe('hello')
    expect(chat.connections.size).toBe(1)
  })
})

describe('C5: what hooks put on the reply reaches the 101', () => {
  test('header fields of every hook and cookies of @fastify/cookie, but nothing that announces a body', async () => {
    const { chat } = recorder()
    const { open } = await start(async (app) => {
      await app.register(cookie)
      app.addHook('onRequest', async (_request, reply) => { reply.setCookie('session', 'one', { path: '/', httpOnly: true }) })
      app.addHook('preHandler', async (_request, reply) => {
        reply.headers({ 'X-Hook': 'preHandler', 'Set-Cookie': ['raw=1', 'raw=2'] }).type('text/html').header('Content-Length', 7)
        reply.raw.setHeader('X-Raw', 'yes')
      })
      app.addHook('onSend', async (_request, reply, payload) => { reply.header('X-Sent', 'yes'); return payload })
      app.get('/', (_request, reply) => reply.setCookie('theme', 'dark').upgrade(chat))
    })
    const { headers } = await open('/')
    expect(headers).toMatchObject({ 'x-hook': 'preHandler', 'x-raw': 'yes', 'x-sent': 'yes', connection: 'Upgrade', upgrade: 'websocket' })
    expect(headers['set-cookie']).toEqual(['raw=1', 'raw=2', 'session=one; Path=/; HttpOnly; SameSite=Lax', 'theme=dark; SameSite=Lax'])
    expect(Object.keys(headers).filter((name) => name.startsWith('content-') || name === 'transfer-encoding')).toEqual([])
  })

  test('a payload that an onSend hook adds has no place in a 101', async () => {
    const { chat } = recorder()
    const { open } = await start((app) => {
      app.addHook('onSend', async (_request, _reply, payload) => `${String(payload)} and more`)
      app.get('/', (_request, reply) => reply.upgrade(chat))
    })
    expect(await echoOf(await open('/'))).toBe('hello')
  })

  test('an onSend hook that fails has refused: the error handler answers, nobody is let in', async () => {
    const { chat, opened } = recorder()
    const results: unknown[] = []
    const { refusal } = await start((app) => {
      app.addHook('onSend', async (_request, reply, payload) => {
        if (reply.statusCode === 101) throw Object.assign(new Error('no room in the session store'), { statusCode: 507 })
        return payload
      })
      app.setErrorHandler((_error, _request, reply) => reply.code(507).send({ error: 'full' }))
      app.get('/', async (_request, reply) => { results.push(await reply.upgrade(chat)) })
    })
    expect(await refusal('/')).toMatchObject({ status: 507, body: '{"error":"full"}' })
    expect([opened.length, results]).toEqual([0, [null]])
  })

  test('a hook that hangs in onSend is answered 503 at the deadline of the handshake', async () => {
    const chat = new WebSocketEndpoint({ pushOnly: true, handshakeTimeout: 200 })
    const { refusal } = await start((app) => {
      app.addHook('onSend', (_request, _reply, _payload, _done) => {})
      app.get('/', (_request, reply) => reply.upgrade(chat))
    })
    expect((await refusal('/')).status).toBe(503)
    expect(chat.stats()).toMatchObject({ connections: 0, pendingHandshakes: 0, refused: 1 })
  })
})
