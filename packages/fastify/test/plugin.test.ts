// The plug-in among other plug-ins, contexts, servers and libraries.
import { once } from 'node:events'
import { createServer, get, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { certificate, connect, inject } from '@tocsin/testing'
import fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { websocket } from '@tocsin/fastify'
import { application, delay, echoOf, recorder, refused, start, waitUntil } from './support/application.js'

describe('C5: encapsulation', () => {
  test('prefixes, and hooks of a context that hold for its routes alone', async () => {
    const { chat, opened } = recorder<string>()
    const { open, refusal } = await start((app) => {
      app.register(async (members) => {
        members.addHook('onRequest', async (request, reply) => {
          if (!request.headers.authorization) return reply.code(401).send({ who: 'are you' })
        })
        members.get('/chat', (_request, reply) => reply.upgrade(chat, 'member'))
      }, { prefix: '/members' })
      app.get('/chat', (_request, reply) => reply.upgrade(chat, 'guest'))
    })
    await open('/chat')
    await open('/members/chat', { headers: { Authorization: 'x' } })
    expect((await refusal('/members/chat')).json()).toEqual({ who: 'are you' })
    expect(opened.map(({ data }) => data)).toEqual(['guest', 'member'])
  })

  test('registered twice, in a context as well, or in two contexts: every request is asked about once', async () => {
    const { chat } = recorder()
    const hooks: string[] = []
    const app = fastify()
    onTestFinished(() => app.close())
    for (const prefix of ['/one', '/two']) {
      await app.register(async (inner) => {
        await inner.register(websocket)
        await inner.register(websocket)
        await inner.register(async (innermost) => {
          await innermost.register(websocket)
          innermost.get('/', (_request, reply) => reply.upgrade(chat))
        }, { prefix: '/chat' })
      }, { prefix })
    }
    app.addHook('onRequest', async (request) => { hooks.push(request.url) })
    await app.ready()
    for (const path of ['/one/chat', '/two/chat']) expect(await echoOf(await inject(app.server as never, path))).toBe('hello')
    expect((await refused(inject(app.server as never, '/nowhere'))).status).toBe(404)
    expect(hooks).toEqual(['/one/chat', '/two/chat', '/nowhere'])
  })

  test('options are checked when it is registered', async () => {
    const app = fastify()
    await expect(app.register(websocket, { deadline: -1 })).rejects.toMatchObject({ code: 'WS_ERR_INVALID_OPTION' })
    await expect(fastify().register(websocket, { code: 1005 })).rejects.toThrow()
  })

  test('the async context that hooks set up is that of the handlers', async () => {
    const { AsyncLocalStorage } = await import('node:async_hooks')
    const storage = new AsyncLocalStorage<string>()
    const { chat } = recorder()
    const seen: unknown[] = []
    chat.on('open', () => seen.push(storage.getStore()))
    chat.on('message', () => seen.push(storage.getStore()))
    const { open } = await start((app) => {
      app.addHook('onRequest', (_request, _reply, done) => storage.run('tenant 7', done))
      app.addHook('onSend', async (_request, _reply, payload) => { await delay(1); return payload })
      app.get('/', (_request, reply) => reply.upgrade(chat))
    })
    await echoOf(await open('/'))
    expect(seen).toEqual(['tenant 7', 'tenant 7'])
  })
})

describe('C1: what is not ours', () => {
  /** Another library on the same server, that takes every path it hears of. */
  function attachForeign(app: FastifyInstance): string[] {
    const heard: string[] = []
    const foreign = new WebSocketServer({ server: app.server as never })
    foreign.on('connection', (socket, request) => { heard.push(String(request.url)); socket.send('foreign') })
    app.server.once('close', () => { for (const socket of foreign.clients) socket.terminate() })
    return heard
  }

  test('an unknown path goes to other listeners, past every hook, also past one that wants to know who is there', async () => {
    const { chat } = recorder()
    const hooked: string[] = []
    const { app, open } = await start((app) => {
      app.addHook('onRequest', async (request, reply) => {
        hooked.push(request.url)
        if (!request.headers.authorization) return reply.code(401).send()
      })
      app.get('/chat', (_request, reply) => reply.upgrade(chat))
      app.setNotFoundHandler((_request, reply) => reply.code(404).send('mine'))
    })
    const heard = attachForeign(app)
    const [hmr, ours] = [await open('/@vite'), await open('/chat', { headers: { Authorization: 'x' } })]
    expect(await hmr.next()).toBe('foreign')
    expect(await echoOf(ours)).toBe('hello')
    expect([heard, hooked]).toEqual([['/@vite'], ['/chat']])
    await hmr.reset()
  })

  test("when nobody else is there, the application's own 404 is the answer, with its hooks", async () => {
    const { refusal } = await start((app) => {
      app.addHook('onSend', async (_request, reply, payload) => { reply.header('X-Sent', 'yes'); return payload })
      app.setNotFoundHandler((_request, reply) => reply.code(404).type('text/html').send('<h1>Nothing here</h1>'))
    })
    const headers = { 'x-sent': 'yes', connection: 'close' }
    expect(await refusal('/nowhere')).toMatchObject({ status: 404, body: '<h1>Nothing here</h1>', headers })
  })

  test('a fallback page for every unknown path, as single-page apps have it, is not in the way', async () => {
    const { app, open, refusal } = await start((app) => {
      app.setNotFoundHandler((_request, reply) => reply.type('text/html').send('<div id="app"></div>'))
      app.get('/files/*', (_request, reply) => reply.callNotFound())
    })
    expect(await refusal('/files/hmr')).toMatchObject({ status: 200, body: '<div id="app"></div>' })
    const heard = attachForeign(app)
    for (const path of ['/hmr', '/files/hmr']) {
      const client = await open(path)
      expect(await client.next()).toBe('foreign')
      await client.reset()
    }
    expect(heard).toEqual(['/hmr', '/files/hmr'])
  })

  test('others see the path that the client asked for, whatever rewriteUrl made of it', async () => {
    const { chat } = recorder()
    const rewriteUrl = ({ url }: IncomingMessage): string => `/v1${url}`
    const { app, open } = await start((app) => app.get('/v1/chat', (_request, reply) => reply.upgrade(chat)), { fastify: { rewriteUrl } })
    const heard = attachForeign(app)
    expect(await echoOf(await open('/chat'))).toBe('hello')
    await (await open('/hmr')).reset()
    expect(heard).toEqual(['/hmr'])
  })

  test('@fastify/websocket keeps its routes, so that an application can move one by one', async () => {
    const { default: fastifyWebsocket } = await import('@fastify/websocket')
    const { chat } = recorder()
    const app = fastify()
    onTestFinished(() => app.close())
    await app.register(fastifyWebsocket)
    await app.register(websocket)
    app.get('/ours', (_request, reply) => reply.upgrade(chat))
    app.get('/theirs', { websocket: true }, (socket) => {
      socket.on('message', (message) => socket.send(`theirs: ${String(message)}`))
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    expect(await echoOf(await connect({ port, path: '/ours' }))).toBe('hello')
    expect(await echoOf(await connect({ port, path: '/theirs' }))).toBe('theirs: hello')
  })

  test('ignore(request) keeps requests out of the application', async () => {
    const hooked: string[] = []
    const { refusal } = await start((app) => {
      app.addHook('onRequest', async (request) => { hooked.push(request.url) })
      app.get('/hmr', async () => 'a page')
    }, { plugin: { ignore: ({ url }) => url === '/hmr' } })
    expect((await refusal('/hmr')).status).toBe(404)
    expect(hooked).toEqual([])
  })

  test('SECURITY path confusion: the router decides for an upgrade as for a request', async () => {
    const { chat } = recorder()
    const paths = ['/live', '/live/', '/LIVE', '//live', '/live%2f', '/live;x', '/./live', '/x/../live', '/%6cive', '/live%20', '/%']
    const settings = { fastify: { routerOptions: { ignoreTrailingSlash: true } } }
    const { port, open, refusal } = await start((app) => app.get('/live', (_request, reply) => reply.upgrade(chat)), settings)
    for (const path of paths) {
      const status = await open(path).then(() => 426, async () => (await refusal(path)).status)
      const [plain] = await once(get({ port, path }), 'response') as [IncomingMessage]
      plain.resume()
      expect([path, status]).toEqual([path, plain.statusCode])
    }
  })
})

describe('servers', () => {
  test('C5 TLS: https, where the scheme of the page counts', async () => {
    const { chat } = recorder()
    const settings = { fastify: { https: certificate } }
    const { open, refusal, port } = await start((app) => app.get('/', (_request, reply) => reply.upgrade(chat)), settings)
    const tls = { rejectUnauthorized: false }
    expect(await echoOf(await open('/', { tls, origin: `https://127.0.0.1:${port}` }))).toBe('hello')
    expect((await refusal('/', { tls, origin: `http://127.0.0.1:${port}` })).status).toBe(403)
  })

  test('C5 http2 with allowHTTP1: upgrades over HTTP/1.1, a plain HTTP/2 request is told that this is for WebSockets', async () => {
    const { connect: connectHttp2 } = await import('node:http2')
    const { chat } = recorder()
    const { app, open, refusal, port } = await start((app) => {
      app.get('/', (_request, reply) => reply.upgrade(chat))
      app.get('/page', async () => 'a page')
    }, { fastify: { http2: true, https: { allowHTTP1: true, ...certificate } } })
    const tls = { rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] }
    expect(await echoOf(await open('/', { tls }))).toBe('hello')
    expect((await refusal('/nowhere', { tls })).status).toBe(404)
    expect(await echoOf(await app.injectWS('/'))).toBe('hello')
    const session = connectHttp2(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
    onTestFinished(() => session.destroy())
    const statusOf = async (path: string): Promise<unknown> => {
      const [headers] = await once(session.request({ ':path': path }).resume(), 'response')
      return headers[':status']
    }
    expect([await statusOf('/'), await statusOf('/page')]).toEqual([400, 200])
  })

  test('A1: `localhost` is two addresses, and both upgrade', async () => {
    const { chat } = recorder()
    const app = await application((app) => app.get('/', (_request, reply) => reply.upgrade(chat)))
    await app.listen({ port: 0 })
    for (const { address, port } of app.addresses() as AddressInfo[]) {
      expect(await echoOf(await connect({ host: address, port, path: '/' }))).toBe('hello')
    }
    expect(chat.connections.size).toBe(app.addresses().length)
    await app.close()
    await waitUntil(() => chat.connections.size === 0)
  })

  test('a server of a serverFactory', async () => {
    const { chat } = recorder()
    const serverFactory = (handler: RequestListener): Server => createServer(handler)
    const { open } = await start((app) => app.get('/', (_request, reply) => reply.upgrade(chat)), { fastify: { serverFactory } })
    expect(await echoOf(await open('/'))).toBe('hello')
  })
})
