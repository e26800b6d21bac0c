// The route's last handler: mapper, refusals, errors, requests that cannot be upgraded.
import { createServer } from 'node:http'
import { WebSocketEndpoint } from '@tocsin/core'
import express from 'express'
import { describe, expect, test, vi } from 'vitest'
import { upgrade } from '@tocsin/express'
import { delay, listen, recorder, start, waitUntil } from './support/application.js'
import { connect, refusal } from './support/client.js'
import { errorHandler } from './support/error-handler.js'

interface Member { readonly name: string; readonly room: string }

describe('the mapper', () => {
  test('C5: its result is connection.data, with the params of the route', async () => {
    const { chat, opened } = recorder<Member>()
    const { origin } = await start((app) => {
      app.get('/rooms/:room', upgrade(chat, (req) => ({ name: req.query['name'] as string, room: req.params.room })))
    })
    const client = await connect(`${origin}/rooms/blue%20sky?name=ada`)
    expect(await client.echo('hello')).toBe('hello')
    expect(opened[0]?.data).toEqual({ name: 'ada', room: 'blue sky' })
  })

  test('C5: it may take its time', async () => {
    const { chat, opened } = recorder<Member>()
    const { origin } = await start((app) => app.get('/', upgrade(chat, async (req) => {
      await delay(20)
      return { name: 'late', room: req.path }
    })))
    await connect(origin)
    expect(opened[0]?.data).toEqual({ name: 'late', room: '/' })
  })

  test('C5: it refuses by answering, and the answer is complete', async () => {
    const { chat, opened } = recorder<Member>()
    const { origin } = await start((app) => {
      app.get('/returned', upgrade(chat, (_req, res) => res.status(402).set('X-Price', '3').json({ error: 'pay first' })))
      app.get('/later', upgrade(chat, async (_req, res) => { await Promise.resolve(); return res.sendStatus(423) }))
      app.get('/untold', upgrade(chat, (_req, res) => { res.status(409).end('no'); return { name: 'x', room: 'y' } }))
    })
    expect(await refusal(`${origin}/returned`)).toMatchObject({
      status: 402,
      body: '{"error":"pay first"}',
      headers: { 'x-price': '3', 'content-type': 'application/json; charset=utf-8', connection: 'close', 'content-length': '21' },
    })
    expect(await refusal(`${origin}/later`)).toMatchObject({ status: 423, body: 'Locked' })
    expect(await refusal(`${origin}/untold`)).toMatchObject({ status: 409, body: 'no' })
    expect(opened).toEqual([])
  })

  test('C5: what it throws goes to the error handlers of the application', async () => {
    const { chat } = recorder<Member>()
    const seen: unknown[] = []
    const { origin } = await start((app) => {
      app.get('/sync', upgrade(chat, () => { throw new Error('secret') }))
      app.get('/async', upgrade(chat, () => Promise.reject(new Error('secret'))))
      app.use(errorHandler((error, res) => { seen.push(error); res.status(418).json({ error: 'teapot' }) }))
    })
    expect(await refusal(`${origin}/sync`)).toMatchObject({ status: 418, body: '{"error":"teapot"}' })
    expect(await refusal(`${origin}/async`)).toMatchObject({ status: 418, body: '{"error":"teapot"}' })
    expect(seen).toHaveLength(2)
  })

  test('a plain request does not reach it', async () => {
    const { chat } = recorder<Member>()
    const mapper = vi.fn(() => ({ name: 'x', room: 'y' }))
    const { port } = await start((app) => app.get('/', upgrade(chat, mapper)))
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(426)
    expect(mapper).not.toHaveBeenCalled()
  })

  test('with an upgrade hook as well it is a usage error, when the route is made', () => {
    const chat = new WebSocketEndpoint<Member>({ name: 'hooked', upgrade: (handshake) => handshake.reject(401) })
    expect(() => upgrade(chat, () => ({ name: 'x', room: 'y' }))).toThrow(/'hooked' decides by its upgrade hook/)
  })
})

test('an endpoint with an upgrade hook decides itself', async () => {
  const chat = new WebSocketEndpoint<Member>({
    upgrade: ({ request, accept, reject }) => {
      return request.url?.includes('name') ? accept({ name: 'ada', room: 'blue' }) : reject(401, { body: { error: 'who?' } })
    },
  })
  chat.on('open', (connection) => { connection.send(connection.data.name) })
  const { origin } = await start((app) => app.get('/', upgrade(chat)))
  const client = await connect(`${origin}/?name`)
  await waitUntil(() => client.messages[0] === 'ada')
  expect(await refusal(origin)).toMatchObject({ status: 401, body: '{"error":"who?"}', headers: { connection: 'close' } })
})

describe('requests that cannot be upgraded', () => {
  test('a plain request is answered 426, and the connection goes on', async () => {
    const { chat, refusals } = recorder()
    const { port } = await start((app) => app.get('/', upgrade(chat)))
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(response.status).toBe(426)
    expect(response.headers.get('upgrade')).toBe('websocket')
    expect(await response.text()).toContain('WebSocket')
    expect(refusals).toMatchObject([{ status: 426, code: 'WS_ERR_PLAIN_REQUEST' }])
  })

  test('an upgrade on a server without attach is a 500, and one warning names attach', async () => {
    const { chat, refusals } = recorder<string>()
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => { if (warning.name === 'TocsinWarning') warnings.push(warning) }
    process.on('warning', onWarning)
    const mapper = vi.fn(() => 'data')
    const app = express().get('/', upgrade(chat, mapper))
    const port = await listen(createServer(app))
    expect(await refusal(`ws://127.0.0.1:${port}/`)).toMatchObject({ status: 500, body: '' })
    expect(await refusal(`ws://127.0.0.1:${port}/`)).toMatchObject({ status: 500, body: '' })
    await waitUntil(() => warnings.length > 0)
    process.off('warning', onWarning)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]!.message).toContain("import { attach } from '@tocsin/express'")
    expect(refusals).toMatchObject([{ code: 'WS_ERR_NOT_ATTACHED' }, { code: 'WS_ERR_NOT_ATTACHED' }])
    expect(mapper).not.toHaveBeenCalled()
  })

  test('HEAD and POST are not upgraded', async () => {
    const { chat } = recorder()
    const { port } = await start((app) => app.get('/', upgrade(chat)))
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'HEAD' })).status).toBe(426)
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })).status).toBe(404)
  })
})
