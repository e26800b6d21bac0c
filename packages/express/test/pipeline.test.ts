// FEATURES C5: what Express does for a request, it does for an upgrade: routers, params, middleware in order, wrapped responses.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import type { ServerResponse } from 'node:http'
import express, { type RequestHandler } from 'express'
import { describe, expect, test } from 'vitest'
import { upgrade } from '@tocsin/express'
import { delay, recorder, start, waitUntil } from './support/application.js'
import { chatRouter, type Visitor } from './support/chat-router.js'
import { connect, refusal } from './support/client.js'

// The libraries below morgan, helmet, compression and express-session
const onFinished = createRequire(import.meta.resolve('express'))('on-finished') as (res: ServerResponse, listener: () => void) => void
const onHeaders = createRequire(import.meta.resolve('express-session'))('on-headers') as (res: ServerResponse, listener: () => void) => void

describe('C5: routing', () => {
  test('a router of another file, mounted under a prefix with a param of its own, whose params merge', async () => {
    const { chat, opened } = recorder<Visitor>()
    const { origin } = await start((app) => app.use('/houses/:house', chatRouter(chat)))
    await connect(`${origin}/houses/red/rooms/blue?x=1`)
    expect(opened[0]?.data).toEqual({ house: 'red', room: 'blue' })
    expect((await refusal(`${origin}/rooms/blue`)).status).toBe(404)
  })

  test('app.param loads what a param names, and may refuse', async () => {
    const { chat, opened } = recorder<string>()
    const { origin } = await start((app) => {
      app.param('room', async (req, res, next) => {
        await delay(5)
        const id = req.params['room'] as string
        res.locals['room'] = `room ${id}`
        if (id === 'none') res.status(410).json({ error: 'gone' })
        else next()
      })
      app.get('/rooms/:room', upgrade(chat, (_req, res) => String(res.locals['room'])))
    })
    await connect(`${origin}/rooms/7`)
    expect(opened[0]?.data).toBe('room 7')
    expect(await refusal(`${origin}/rooms/none`)).toMatchObject({ status: 410, body: '{"error":"gone"}' })
  })

  test('sub-applications, and route() with other methods beside it', async () => {
    const { chat, opened } = recorder<string>()
    const { origin, port } = await start((app) => {
      const sub = express()
      sub.route('/live').get(upgrade(chat, (req) => `${req.baseUrl}${req.path}`)).post((_req, res) => { res.json({ posted: true }) })
      app.use('/api', sub)
    })
    await connect(`${origin}/api/live`)
    expect(opened[0]?.data).toBe('/api/live')
    expect(await (await fetch(`http://127.0.0.1:${port}/api/live`, { method: 'POST' })).json()).toEqual({ posted: true })
  })

  test("next('route') leads on to another endpoint", async () => {
    const [first, second] = [recorder(), recorder()]
    const { origin } = await start((app) => {
      app.get('/', (req, _res, next) => next(req.query['to'] === 'second' ? 'route' : undefined), upgrade(first.chat))
      app.get('/', upgrade(second.chat))
    })
    await connect(origin)
    await connect(`${origin}/?to=second`)
    expect([first.opened.length, second.opened.length]).toEqual([1, 1])
  })

  test('path confusion: the router decides, for an upgrade as for a request', async () => {
    const { chat } = recorder()
    const { origin, port } = await start((app) => app.get('/live', upgrade(chat)))
    for (const path of ['/live/', '/LIVE', '//live', '/live%2f', '/live;x', '/./live', '/x/../live', '/live%20']) {
      const { status } = await connect(origin + path).then(({ answer }) => answer, () => refusal(origin + path))
      const { status: plain } = await fetch(`http://127.0.0.1:${port}${path}`)
      expect([path, status]).toEqual([path, plain === 426 ? 101 : plain])
    }
  })
})

describe('C5: middleware', () => {
  test('runs in order before the 101, and its headers arrive on it', async () => {
    const { chat, opened } = recorder<string[]>()
    const step = (name: string): RequestHandler => async (_req, res, next) => {
      await delay(1)
      res.append('X-Step', name)
      res.locals['steps'] = [...(res.locals['steps'] as string[] ?? []), name]
      next()
    }
    const { origin } = await start((app) => {
      app.disable('x-powered-by')
      app.use(step('one'), step('two'))
      app.get('/', step('three'), upgrade(chat, (_req, res) => res.locals['steps'] as string[]))
    })
    const { answer } = await connect(origin)
    expect(opened[0]?.data).toEqual(['one', 'two', 'three'])
    expect(answer.headers).toMatchObject({ 'x-step': 'one, two, three', upgrade: 'websocket', connection: 'Upgrade' })
    expect(answer.headers).not.toHaveProperty('x-powered-by')
  })

  test('helmet and cors set headers, cookies are set: all on the 101, and nothing that announces a body', async () => {
    const { chat } = recorder()
    const { origin } = await start((app) => {
      app.use((_req, res, next) => {
        res.set({ 'Strict-Transport-Security': 'max-age=1', 'Content-Security-Policy': 'x' })
        res.set({ 'Content-Type': 'text/html', 'Content-Length': '7', 'Transfer-Encoding': 'chunked' })
        res.cookie('a', '1').cookie('b', '2', { httpOnly: true })
        next()
      })
      app.get('/', upgrade(chat))
    })
    const { headers } = (await connect(origin)).answer
    expect(headers).toMatchObject({ 'strict-transport-security': 'max-age=1', 'set-cookie': ['a=1; Path=/', 'b=2; Path=/; HttpOnly'] })
    expect(Object.keys(headers).filter((name) => name.startsWith('content-') || name === 'transfer-encoding')).toEqual([])
  })

  test('a response that is wrapped, as compression does it, still upgrades and still refuses', async () => {
    const { chat } = recorder()
    const { origin } = await start((app) => {
      app.use(shout)
      app.get('/open', upgrade(chat))
      app.get('/shut', (_req, res) => { res.status(403).send('no entry') })
    })
    expect((await connect(`${origin}/open`)).answer.headers['x-shouted']).toBe('101')
    expect(await refusal(`${origin}/shut`)).toMatchObject({ status: 403, body: 'NO ENTRY', headers: { 'x-shouted': '403' } })
  })

  test('a logger on the end of the response sees 101, a refusal, an error and a peer that went away', async () => {
    const { chat } = recorder()
    const log: string[] = []
    const { origin } = await start((app) => {
      app.use((req, res, next) => { onFinished(res, () => log.push(`${req.url} ${res.headersSent ? res.statusCode : '-'}`)); next() })
      app.get('/open', upgrade(chat))
      app.get('/shut', (_req, res) => { res.status(401).json({}) })
      app.get('/fail', () => { throw new Error('secret') })
      app.get('/wait', () => {})
    }, { onError: () => {} })
    await connect(`${origin}/open`)
    await refusal(`${origin}/shut`)
    await refusal(`${origin}/fail`)
    const waiting = connect(`${origin}/wait`, { handshakeTimeout: 50 })
    await expect(waiting).rejects.toThrow('timed out')
    await waitUntil(() => log.length === 4)
    expect(log).toEqual(['/open 101', '/shut 401', '/fail 500', '/wait -'])
  })

  test('body parsers and static files do not hold an upgrade back', async () => {
    const { chat } = recorder()
    const { origin } = await start((app) => {
      app.use(express.json(), express.urlencoded(), express.text(), express.static(import.meta.dirname))
      app.get('/', upgrade(chat))
    })
    expect((await connect(origin)).answer.status).toBe(101)
  })

  test('middleware that reads the request to its end gets to the end', async () => {
    const { chat } = recorder()
    const { origin } = await start((app) => {
      app.get('/', async (req, _res, next) => {
        for await (const chunk of req) throw new Error(`a body: ${String(chunk)}`)
        next()
      }, upgrade(chat))
    })
    expect(await (await connect(origin)).echo('and the frames are ours')).toBe('and the frames are ours')
  })

  test('handlers of the endpoint run in the async context that middleware has set up', async () => {
    const storage = new AsyncLocalStorage<string>()
    const { chat } = recorder()
    const seen: unknown[] = []
    chat.on('open', () => seen.push(storage.getStore()))
    chat.on('message', () => seen.push(storage.getStore()))
    const { origin } = await start((app) => {
      app.use((_req, _res, next) => storage.run('tenant 7', next))
      app.get('/', upgrade(chat))
    })
    await (await connect(origin)).echo('hello')
    expect(seen).toEqual(['tenant 7', 'tenant 7'])
  })
})

/** Changes head and body on their way out, as compression does. */
const shout: RequestHandler = (_req, res, next) => {
  const [write, end] = [res.write.bind(res), res.end.bind(res)]
  onHeaders(res, () => { res.setHeader('X-Shouted', String(res.statusCode)); res.removeHeader('Content-Length') })
  res.write = ((chunk: string | Buffer) => write(chunk.toString().toUpperCase())) as typeof res.write
  res.end = ((chunk?: string | Buffer) => (chunk === undefined ? end() : end(chunk.toString().toUpperCase()))) as typeof res.end
  next()
}
