// C5: what a route must say about a connection is a matter of types; this file is checked, its code need not run.
import { type Connection, WebSocketEndpoint } from '@tocsin/core'
import fastify from 'fastify'
import { expectTypeOf, test } from 'vitest'
import { type UpgradeData, websocket } from '@tocsin/fastify'

interface Member {
  readonly name: string
  readonly room: string
}

const app = fastify()
const chat = new WebSocketEndpoint<Member>()
const plain = new WebSocketEndpoint()
const optional = new WebSocketEndpoint<Member | undefined>()
const hooked = new WebSocketEndpoint({ upgrade: (handshake) => handshake.accept({ id: 7 }) })
const closed = new WebSocketEndpoint({ upgrade: (handshake) => handshake.reject(403) })
const unknown = new WebSocketEndpoint<unknown>()

test('data is required, whole, and typed', () => {
  app.get<{ Params: { room: string } }>('/', async (request, reply) => {
    const connection = await reply.upgrade(chat, { name: 'ada', room: request.params.room })
    expectTypeOf(connection).toEqualTypeOf<Connection<Member> | null>()
    // @ts-expect-error without data
    void reply.upgrade(chat)
    // @ts-expect-error a field is missing
    void reply.upgrade(chat, { name: 'ada' })
    // @ts-expect-error a field of another type
    void reply.upgrade(chat, { name: 'ada', room: 7 })
    // @ts-expect-error a field too many
    void reply.upgrade(chat, { name: 'ada', room: 'blue', color: 'red' })
    // @ts-expect-error params are Fastify's
    void reply.upgrade(chat, { name: 'ada', room: request.params.house })
  })
})

test('an endpoint without data needs none, and one that decides itself takes none', () => {
  app.get('/none', async (_request, reply) => {
    expectTypeOf(await reply.upgrade(plain)).toEqualTypeOf<Connection<undefined> | null>()
    void reply.upgrade(optional)
    void reply.upgrade(optional, { name: 'ada', room: 'blue' })
    expectTypeOf(await reply.upgrade(hooked)).toEqualTypeOf<Connection<{ id: number }> | null>()
    void reply.upgrade(closed)
    void reply.upgrade(unknown, 'anything')
    // @ts-expect-error the hook decides
    void reply.upgrade(hooked, { id: 7 })
    // @ts-expect-error there is nothing to say
    void reply.upgrade(plain, 'something')
  })
  expectTypeOf<UpgradeData<typeof hooked>>().toEqualTypeOf<[]>()
})

test('isUpgrade, and a page and a socket on one route', () => {
  app.get('/both', async (request, reply) => {
    expectTypeOf(request.isUpgrade).toEqualTypeOf<boolean>()
    return request.isUpgrade ? reply.upgrade(plain) : 'a page'
  })
  // Where the reply is typed, the upgrade is awaited instead of returned
  app.get<{ Reply: { page: string } }>('/typed', async (request, reply) => {
    if (!request.isUpgrade) return { page: 'a page' }
    await reply.upgrade(plain)
    return undefined
  })
})

test('options, and servers of every kind', () => {
  void app.register(websocket, { deadline: 10_000, code: 1012, reason: 'update', handshakeTimeout: 1_000 })
  void app.register(websocket, { ignore: (request) => request.url === '/hmr' })
  // @ts-expect-error in milliseconds
  void app.register(websocket, { deadline: '10s' })
  const loggerInstance = app.log as typeof app.log & { readonly extra?: number }
  void fastify({ loggerInstance }).register(websocket, { deadline: 1 }).get('/', (_request, reply) => reply.upgrade(plain))
  void fastify({ https: { key: '', cert: '' } }).register(websocket)
  void fastify({ http2: true, https: { allowHTTP1: true, key: '', cert: '' } }).register(websocket, { deadline: 1 })
})

test('injectWS() is the client of @tocsin/testing', () => {
  expectTypeOf(app.injectWS).parameter(0).toEqualTypeOf<string | undefined>()
  expectTypeOf<Awaited<ReturnType<typeof app.injectWS>>['next']>().returns.toEqualTypeOf<Promise<string | Buffer>>()
  // @ts-expect-error no such option
  const wrong: Parameters<typeof app.injectWS> = ['/', { header: {} }]
  expectTypeOf(wrong).toBeArray()
})
