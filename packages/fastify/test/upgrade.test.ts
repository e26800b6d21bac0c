// reply.upgrade(): what a route says, what the peer gets, and that Fastify knows that its reply is done.
import { type Handshake, WebSocketEndpoint } from '@tocsin/core'
import type { FastifyReply } from 'fastify'
import { describe, expect, test, vi } from 'vitest'
import { application, delay, echoOf, recorder, refused, start, waitUntil } from './support/application.js'

describe('C5: a route upgrades', () => {
  test('with params, query and data, in a plain function and in an async one', async () => {
    const { chat, opened } = recorder<{ room: string; name: string }>()
    const { open } = await start((app) => {
      app.get<{ Params: { room: string }; Querystring: { name: string } }>('/plain/:room', (request, reply) =>
        reply.upgrade(chat, { room: request.params.room, name: request.query.name }))
      app.get<{ Params: { room: string } }>('/async/:room', async (request, reply) => {
        await delay(1)
        return reply.upgrade(chat, { room: request.params.room, name: 'nobody' })
      })
    })
    expect(await echoOf(await open('/plain/blue?name=ada'))).toBe('hello')
    expect(await echoOf(await open('/async/red'))).toBe('hello')
    expect(opened.map(({ data }) => data)).toEqual([{ room: 'blue', name: 'ada' }, { room: 'red', name: 'nobody' }])
  })

  test('a page and a socket on one route', async () => {
    const { chat } = recorder()
    const { app, open } = await start((app) => {
      app.get('/both', async (request, reply) => (request.isUpgrade ? reply.upgrade(chat) : 'a page'))
    })
    expect(await echoOf(await open('/both'))).toBe('hello')
    expect(await app.inject('/both')).toMatchObject({ statusCode: 200, body: 'a page' })
  })

  test('the route goes on with the connection, also in pull', async () => {
    const chat = new WebSocketEndpoint<string>({ pushOnly: true })
    const ended = vi.fn()
    const { open } = await start((app) => app.get('/', async (_request, reply) => {
      const connection = await reply.upgrade(chat, 'pulled')
      if (connection === null) return
      for await (const message of connection) connection.send(`${connection.data}: ${String(message)}`)
      ended()
    }))
    const client = await open('/')
    expect(await echoOf(client)).toBe('pulled: hello')
    await client.close()
    await waitUntil(() => ended.mock.calls.length === 1)
  })

  test('neither returned nor awaited, it is still one reply', async () => {
    const { chat } = recorder()
    const log = vi.fn()
    const logger = { level: 'warn', stream: { write: log } }
    const { open } = await start((app) => {
      app.get('/plain', (_request, reply) => { void reply.upgrade(chat) })
      app.get('/async', async (_request, reply) => { void reply.upgrade(chat) })
    }, { fastify: { logger } })
    for (const path of ['/plain', '/async']) expect(await echoOf(await open(path))).toBe('hello')
    expect(log).not.toHaveBeenCalled()
  })

  test('A5: an endpoint with a hook of its own decides, and its refusal is a reply with the hooks of Fastify', async () => {
    const chat = new WebSocketEndpoint({
      async upgrade(handshake) {
        await delay(1)
        const { name } = handshake.request.headers
        if (name !== undefined) return handshake.accept({ name })
        return handshake.reject(401, { headers: { 'WWW-Authenticate': 'Basic' }, body: { error: 'name?' } })
      },
      pushOnly: true,
    })
    const { open, refusal } = await start((app) => {
      app.addHook('onSend', async (_request, reply, payload) => { reply.header('X-Sent', String(reply.statusCode)); return payload })
      app.get('/', (_request, reply) => reply.upgrade(chat))
    })
    expect((await open('/', { headers: { name: 'ada' } })).headers['x-sent']).toBe('101')
    expect(await refusal('/')).toMatchObject({
      status: 401,
      body: '{"error":"name?"}',
      headers: { 'www-authenticate': 'Basic', 'x-sent': '401', 'content-type': 'application/json; charset=utf-8', connection: 'close' },
    })
  })
})

describe('C5: what does not become a WebSocket is a reply of Fastify, with its hooks and its log', () => {
  async function observed(routes: Parameters<typeof start>[0]) {
    const lines: { msg: string; res?: { statusCode: number } }[] = []
    const stream = { write: (line: string) => void lines.push(JSON.parse(line)) }
    const responses: number[] = []
    const running = await start((app) => {
      app.addHook('onSend', async (_request, reply, payload) => { reply.header('X-Sent', 'yes'); return payload })
      app.addHook('onResponse', async (_request, reply) => { responses.push(reply.statusCode) })
      return routes(app)
    }, { fastify: { logger: { stream } } })
    const completed = () => lines.filter(({ msg }) => msg === 'request completed').map(({ res }) => res?.statusCode)
    return { ...running, responses, completed }
  }

  test("core's own refusals: 403, 400, 426 and 503", async () => {
    const { chat, refusals } = recorder()
    const { refusal, responses, completed } = await observed((app) => app.get('/', (_request, reply) => reply.upgrade(chat)))
    const cases = [
      [403, { origin: 'https://evil.example' }],
      [400, { headers: { 'Sec-WebSocket-Key': 'short' } }],
      [426, { headers: { 'Sec-WebSocket-Version': '8' } }],
    ] as const
    const headers = { 'x-sent': 'yes', connection: 'close' }
    for (const [status, options] of cases) expect(await refusal('/', options)).toMatchObject({ status, headers })
    await chat.close()
    expect(await refusal('/')).toMatchObject({ status: 503, headers: { 'retry-after': '1', 'x-sent': 'yes' } })
    expect(responses).toEqual([403, 400, 426, 503])
    expect(completed()).toEqual(responses)
    expect(refusals.map(({ status }) => status)).toEqual(responses)
  })

  test('a plain request is a 426, also to HEAD and in inject()', async () => {
    const { chat } = recorder()
    const { app, completed } = await observed((app) => app.get('/', (_request, reply) => reply.upgrade(chat)))
    for (const method of ['GET', 'HEAD'] as const) {
      const { statusCode, headers } = await app.inject({ method, url: '/' })
      const expected = { upgrade: 'websocket', connection: expect.stringMatching(/upgrade/i), 'x-sent': 'yes' }
      expect([statusCode, headers]).toMatchObject([426, expected])
    }
    expect(completed()).toEqual([426, 426])
  })

  test('a WebSocket request to a plain route gets its answer', async () => {
    const { refusal, completed } = await observed((app) => app.get('/page', async () => ({ a: 'page' })))
    expect(await refusal('/page')).toMatchObject({ status: 200, body: '{"a":"page"}', headers: { 'x-sent': 'yes' } })
    expect(completed()).toEqual([200])
  })

  test('a schema, a hook and a handler refuse in their own words', async () => {
    const { chat } = recorder()
    const { refusal } = await observed((app) => {
      const schema = { querystring: { type: 'object', required: ['name'], properties: { name: { type: 'string', maxLength: 3 } } } }
      app.get('/schema', { schema }, (_request, reply) => reply.upgrade(chat))
      const preHandler = async (_request: unknown, reply: FastifyReply) => reply.code(401).header('WWW-Authenticate', 'Bearer').send({ who: 'are you' })
      app.get('/hook', { preHandler }, (_request, reply) => reply.upgrade(chat))
      app.get('/handler', async (_request, reply) => reply.code(410).send('gone'))
      app.get('/redirect', async (_request, reply) => reply.redirect('/elsewhere'))
    })
    const message = "querystring must have required property 'name'"
    expect((await refusal('/schema')).json()).toMatchObject({ statusCode: 400, code: 'FST_ERR_VALIDATION', message })
    expect(await refusal('/hook')).toMatchObject({ status: 401, body: '{"who":"are you"}', headers: { 'www-authenticate': 'Bearer' } })
    expect(await refusal('/handler')).toMatchObject({ status: 410, body: 'gone' })
    expect(await refusal('/redirect')).toMatchObject({ status: 302, headers: { location: '/elsewhere' } })
  })
})

describe('used wrongly', () => {
  test('what the types forbid goes to the error handler, once, and does not reject', async () => {
    const chat = new WebSocketEndpoint<string>({ upgrade: (handshake) => handshake.accept('by the hook'), pushOnly: true })
    const errors: unknown[] = []
    const outcomes: unknown[] = []
    const { refusal } = await start((app) => {
      app.setErrorHandler((error, _request, reply) => { errors.push(error); return reply.code(500).send('ours') })
      // @ts-expect-error as in JavaScript
      app.get('/', async (_request, reply) => { outcomes.push(await reply.upgrade(chat, 'by the route')) })
    })
    expect(await refusal('/')).toMatchObject({ status: 500, body: 'ours' })
    expect(errors).toMatchObject([{ code: 'WS_ERR_TWO_DECISIONS' }])
    expect(outcomes).toEqual([null])
  })

  test('upgraded twice, or sent and then upgraded: the first counts, the log has the second', async () => {
    const { chat, opened } = recorder()
    const log: { err?: { code: string } }[] = []
    const { open, refusal } = await start((app) => {
      app.get('/twice', async (_request, reply) => { await reply.upgrade(chat); await reply.upgrade(chat) })
      app.get('/sent', async (_request, reply) => { reply.code(409).send('no'); return reply.upgrade(chat) })
    }, { fastify: { logger: { level: 'warn', stream: { write: (line: string) => void log.push(JSON.parse(line)) } } } })
    expect(await echoOf(await open('/twice'))).toBe('hello')
    expect(await refusal('/sent')).toMatchObject({ status: 409, body: 'no' })
    expect(opened).toHaveLength(1)
    expect(log).toMatchObject([{ err: { code: 'WS_ERR_ALREADY_UPGRADED' } }])
  })

  test('an upgrade that comes as a plain request is a 500 and a warning that names injectWS()', async () => {
    const { chat } = recorder()
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const app = await application((app) => app.get('/', (_request, reply) => reply.upgrade(chat)))
    const headers = { connection: 'upgrade', upgrade: 'websocket' }
    expect((await app.inject({ url: '/', headers })).statusCode).toBe(500)
    expect(warning.mock.calls[0]?.[0]).toContain('fastify.injectWS()')
    warning.mockRestore()
  })

  test('SECURITY CR/LF in a header of the hook is a 500 of Fastify, without a word', async () => {
    const errors = vi.fn()
    const upgrade = (handshake: Handshake) => handshake.reject(400, { headers: { 'X-Bad': 'a\r\nb' } })
    const chat = new WebSocketEndpoint({ upgrade, pushOnly: true }).on('error', errors)
    const app = await application((app) => app.get('/', (_request, reply) => reply.upgrade(chat)))
    expect(await refused(app.injectWS('/'))).toMatchObject({ status: 500, body: '' })
    expect(errors).toHaveBeenCalledTimes(1)
  })
})
