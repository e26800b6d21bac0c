// tocsin.close(): endpoints and server, gracefully, within the deadline (FEATURES A32, C9).
import { createServer, request } from 'node:http'
import express from 'express'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { attach, upgrade } from '@tocsin/express'
import { connectionsOf, connectRaw, delay, readToEnd, recorder, start, startOn, upgradeRequest, waitUntil } from './support/application.js'
import { connect, refusal } from './support/client.js'

describe('A32, C9: close()', () => {
  test('every client of every endpoint gets Close, close handlers are awaited, the server stops', async () => {
    const [one, two] = [recorder(), recorder()]
    const { origin, server, tocsin } = await start((app) => app.get('/one', upgrade(one.chat)).get('/two', upgrade(two.chat)))
    const clients = [await connect(`${origin}/one`), await connect(`${origin}/one`), await connect(`${origin}/two`)]
    let settled = 0
    one.chat.on('close', async () => { await delay(50); settled++ })
    await tocsin.close({ code: 1012, reason: 'update', deadline: 2_000 })
    expect(settled).toBe(2)
    expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual(Array(3).fill({ code: 1012, reason: 'update' }))
    expect(server.listening).toBe(false)
    expect(await connectionsOf(server)).toBe(0)
  })

  test('1001 by default, what was sent before arrives before it, and a second call waits for the same end', async () => {
    const { chat } = recorder()
    const { origin, tocsin } = await start((app) => app.get('/', upgrade(chat)))
    const client = await connect(origin)
    chat.broadcast('last words')
    await Promise.all([tocsin.close(), tocsin.close({ code: 1012 })])
    expect(client.messages).toEqual(['last words'])
    expect(await client.closed).toEqual({ code: 1001, reason: '' })
  })

  test('a code that cannot be sent is a usage error, and nothing is closed', async () => {
    const { chat } = recorder()
    const { origin, tocsin } = await start((app) => app.get('/', upgrade(chat)))
    const client = await connect(origin)
    await expect(tocsin.close({ code: 1006 })).rejects.toMatchObject({ code: 'WS_ERR_CLOSE_CODE' })
    expect(await client.echo('alive')).toBe('alive')
  })

  test('a plain request in flight may finish; a new upgrade on a connection that lives on is refused', async () => {
    const { chat } = recorder()
    const { port, tocsin } = await start((app) => {
      app.get('/slow', async (_req, res) => { await delay(150); res.send('done') })
      app.get('/live', upgrade(chat))
    })
    const slow = fetch(`http://127.0.0.1:${port}/slow`).then((response) => response.text())
    const kept = await connectRaw(port, 'GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
    await delay(50)
    const closed = tocsin.close({ deadline: 2_000 })
    expect(await slow).toBe('done')
    kept.write(upgradeRequest('/live'))
    const text = await readToEnd(kept)
    expect(text).toContain('done')
    expect(text).not.toContain(' 101 ')
    const started = Date.now()
    await closed
    expect(Date.now() - started).toBeLessThan(1_500)
  })

  test('an upgrade whose middleware is still at work when the server ends is a 503', async () => {
    const { chat, refusals } = recorder()
    let isAtWork = false
    const { origin, tocsin } = await start((app) => app.get('/', async (_req, _res, next) => { isAtWork = true; await delay(80); next() }, upgrade(chat)))
    const late = refusal(origin)
    await waitUntil(() => isAtWork)
    await tocsin.close({ deadline: 2_000 })
    expect(await late).toMatchObject({ status: 503, headers: { 'retry-after': '1', connection: 'close' } })
    expect(refusals).toMatchObject([{ code: 'WS_ERR_CLOSING' }])
  })

  test('at the deadline what is left is cut: a peer that does not answer, a page that never ends, middleware that never ends', async () => {
    const { chat } = recorder()
    const { port, server, tocsin } = await start((app) => {
      app.get('/page', () => {})
      app.get('/stuck', () => {}, upgrade(chat))
      app.get('/live', upgrade(chat))
    })
    const silent = await connectRaw(port, upgradeRequest('/live'))
    silent.pause()
    const page = request({ port, path: '/page' }).on('error', () => {}).end()
    const stuck = refusal(`ws://127.0.0.1:${port}/stuck`)
    await waitUntil(() => chat.connections.size === 1)
    await delay(50)
    const started = Date.now()
    await tocsin.close({ deadline: 300 })
    expect(Date.now() - started).toBeLessThan(900)
    expect((await stuck).status).toBe(503)
    await vi.waitFor(async () => expect(await connectionsOf(server)).toBe(0), 2_000)
    page.destroy()
  })

  test('a WebSocket of another library does not hold it up beyond the deadline, and is left alone', async () => {
    const { chat } = recorder()
    const app = express().get('/live', upgrade(chat))
    const server = createServer(app)
    const other = new WebSocketServer({ server, path: '/other' })
    onTestFinished(() => { for (const client of other.clients) client.terminate() })
    other.on('connection', (socket) => socket.on('message', (message) => socket.send(message)))
    const { origin, tocsin } = await startOn(server, app)
    const foreign = await connect(`${origin}/other`)
    await connect(`${origin}/live`)
    const started = Date.now()
    await tocsin.close({ deadline: 300 })
    expect(Date.now() - started).toBeLessThan(900)
    expect(await foreign.echo('alive')).toBe('alive')
  })

  test('server.close() alone drains as well', async () => {
    const { chat } = recorder()
    const { origin, server } = await start((app) => app.get('/', upgrade(chat)))
    const client = await connect(origin)
    await new Promise((resolve) => { server.close(resolve) })
    expect(await client.closed).toEqual({ code: 1001, reason: '' })
  })

  test('a server that never listened can be closed', async () => {
    const app = express()
    await attach(createServer(app), app).close()
  })
})
