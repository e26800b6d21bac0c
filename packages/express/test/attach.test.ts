// attach(): which servers and which handlers, before and after listen, several of each, and what is left to others.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import express, { type RequestHandler } from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { attach, upgrade } from '@tocsin/express'
import { listen, recorder, start, startOn, waitUntil } from './support/application.js'
import { certificate } from '@tocsin/testing'
import { connect, refusal } from './support/client.js'
import { errorHandler } from './support/error-handler.js'

describe('servers', () => {
  test('A1: what app.listen() returns, and an http server that already listens', async () => {
    const { chat } = recorder()
    const app = express().get('/', upgrade(chat))
    const server = app.listen(0, '127.0.0.1')
    const tocsin = attach(server, app)
    onTestFinished(() => tocsin.close({ deadline: 100 }))
    await once(server, 'listening')
    await connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)

    const late = createServer(app)
    const port = await listen(late)
    expect((await refusal(`ws://127.0.0.1:${port}`)).status).toBe(500)
    attach(late, app)
    await connect(`ws://127.0.0.1:${port}`)
    expect(chat.connections.size).toBe(2)
  })

  test('https: the scheme of the page is compared', async () => {
    const { chat } = recorder()
    const app = express().get('/', (req, res, next) => { res.set('X-Secure', String(req.secure)); next() }, upgrade(chat))
    const { port } = await startOn(createTlsServer(certificate, app), app)
    const client = await connect(`wss://localhost:${port}`, { rejectUnauthorized: false, headers: { Origin: `https://localhost:${port}` } })
    expect(client.answer.headers['x-secure']).toBe('true')
    expect(await client.echo('over TLS')).toBe('over TLS')
    const options = { rejectUnauthorized: false, headers: { Origin: `http://localhost:${port}` } }
    expect((await refusal(`wss://localhost:${port}`, options)).status).toBe(403)
  })

  test('two applications on two servers share an endpoint', async () => {
    const { chat } = recorder<string>()
    const one = await start((app) => app.get('/', upgrade(chat, () => 'one')))
    const two = await start((app) => app.get('/', upgrade(chat, () => 'two')))
    const clients = [await connect(one.origin), await connect(two.origin)]
    expect([...chat.connections].map(({ data }) => data)).toEqual(['one', 'two'])
    expect(chat.broadcast('to all')).toBe(2)
    await waitUntil(() => clients.every(({ messages }) => messages[0] === 'to all'))
  })
})

describe('handlers', () => {
  test('a list: middleware, an application, an error handler', async () => {
    const { chat } = recorder()
    const first: RequestHandler = (_req, res, next) => { res.setHeader('X-First', 'yes'); next() }
    const app = express().get('/', upgrade(chat)).get('/fail', () => { throw new Error('secret') })
    const last = errorHandler((_error, res) => { res.status(418).end() })
    const server = createServer()
    attach(server, [first, app, last])
    const port = await listen(server)
    expect((await connect(`ws://127.0.0.1:${port}/`)).answer.headers['x-first']).toBe('yes')
    expect((await refusal(`ws://127.0.0.1:${port}/fail`)).status).toBe(418)
    expect((await refusal(`ws://127.0.0.1:${port}/nowhere`)).status).toBe(404)
  })

  test('a plain function as connect and polka make them', async () => {
    const { chat, opened } = recorder<string>()
    const handler: RequestHandler = (req, res, next) => (req.url === '/live' ? upgrade(chat, () => 'plain')(req, res, next) : next())
    const server = createServer()
    attach(server, handler)
    const port = await listen(server)
    await connect(`ws://127.0.0.1:${port}/live`)
    expect(opened[0]).toMatchObject({ data: 'plain', remoteAddress: '127.0.0.1' })
    expect((await refusal(`ws://127.0.0.1:${port}/nowhere`)).status).toBe(404)
  })

  test('two applications on one server are asked in turn', async () => {
    const [one, two] = [recorder(), recorder()]
    const { origin, server } = await start((app) => app.get('/one', upgrade(one.chat)))
    attach(server, express().get('/two', upgrade(two.chat)))
    await connect(`${origin}/one`)
    await connect(`${origin}/two`)
    expect((await refusal(`${origin}/three`)).status).toBe(404)
    expect([one.opened.length, two.opened.length]).toEqual([1, 1])
  })

  test('detach() takes the application off; connections stay', async () => {
    const { chat } = recorder()
    const { origin, tocsin } = await start((app) => app.get('/', upgrade(chat)))
    const client = await connect(origin)
    tocsin.detach()
    expect((await refusal(origin)).status).toBe(404)
    expect(await client.echo('still here')).toBe('still here')
  })
})

describe('what is not ours', () => {
  test('C1: a path without a route is a 404, at once', async () => {
    const { origin } = await start((app) => app.get('/page', (_req, res) => { res.send('a page') }))
    expect(await refusal(`${origin}/nowhere`)).toMatchObject({ status: 404, headers: { connection: 'close' } })
    // A page is no WebSocket, whoever asks
    expect(await refusal(`${origin}/page`)).toMatchObject({ status: 200, body: 'a page' })
  })

  test('C1: ignore(request) keeps requests out of the application and its middleware', async () => {
    const { chat } = recorder()
    const seen: string[] = []
    const { origin } = await start((app) => {
      app.use((req, _res, next) => { seen.push(req.url); next() })
      app.get('/*any', upgrade(chat))
    }, { ignore: ({ url }) => url?.startsWith('/hmr') === true })
    await connect(`${origin}/live`)
    expect((await refusal(`${origin}/hmr`)).status).toBe(404)
    expect(seen).toEqual(['/live'])
  })
})
