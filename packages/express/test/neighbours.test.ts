// C1: other libraries on the same server, other protocols, and pipelines.
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { promisify } from 'node:util'
import express from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { attach, upgrade } from '@tocsin/express'
import { connectRaw, delay, listen, readToEnd, recorder, start, upgradeRequest } from './support/application.js'
import { connect, refusal } from './support/client.js'

async function curl(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('curl', ['--silent', '--max-time', '5', ...args])
  return stdout
}

describe.each([['before', true], ['after', false]])('C1: `ws` with { server, path } that came %s attach', (_case, comesFirst) => {
  test('works untouched, and so does our route', async () => {
    const { chat } = recorder()
    const app = express().get('/live', upgrade(chat))
    const server = createServer(app)
    if (!comesFirst) attach(server, app)
    const other = new WebSocketServer({ server, path: '/other' })
    onTestFinished(() => { for (const client of other.clients) client.terminate() })
    other.on('connection', (socket) => socket.on('message', (message: Buffer) => socket.send(`ws: ${message.toString()}`)))
    if (comesFirst) attach(server, app)
    const port = await listen(server)
    const [ours, theirs] = [await connect(`ws://127.0.0.1:${port}/live`), await connect(`ws://127.0.0.1:${port}/other`)]
    expect(await ours.echo('hello')).toBe('hello')
    expect(await theirs.echo('hello')).toBe('ws: hello')
    // `ws` answers 400 to paths that are not its own
    expect((await refusal(`ws://127.0.0.1:${port}/nowhere`)).status).toBe(400)
  })
})

describe('C1: other protocols', () => {
  test('curl --http2 gets its page', async () => {
    const { chat } = recorder()
    const { port } = await start((app) => {
      app.route('/').get((_req, res) => { res.send('the page') }).post(express.json(), (req, res) => { res.json(req.body) })
      app.get('/live', upgrade(chat))
    })
    expect(await curl('--http2', `http://127.0.0.1:${port}/`)).toBe('the page')
    expect(await curl('--http2', '-H', 'Content-Type: application/json', '-d', '{"a":1}', `http://127.0.0.1:${port}/`)).toBe('{"a":1}')
    expect(await curl('--http2', '--include', `http://127.0.0.1:${port}/live`)).toContain('426')
  })
})

describe('C1: pipelines', () => {
  test('an upgrade behind an unfinished response is refused after that response', async () => {
    const { chat } = recorder()
    const { port } = await start((app) => {
      app.get('/slow', async (_req, res) => { await delay(50); res.send('the slow page') })
      app.get('/live', upgrade(chat))
    })
    const socket = await connectRaw(port, `GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n${upgradeRequest('/live')}`)
    const text = await readToEnd(socket)
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*the slow pageHTTP\/1\.1 400 Bad Request\r\n[^]*Connection: close/)
    expect(chat.connections.size).toBe(0)
  })

  test('A35: frames behind the upgrade are kept while middleware is at work', async () => {
    const { chat, opened } = recorder()
    const messages: unknown[] = []
    chat.on('message', (_connection, message) => { messages.push(message) })
    const { port } = await start((app) => app.get('/live', async (_req, _res, next) => { await delay(50); next() }, upgrade(chat)))
    const masked = Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x68 ^ 1, 0x69 ^ 2])
    await connectRaw(port, Buffer.concat([Buffer.from(upgradeRequest('/live')), masked]))
    await delay(150)
    expect(opened).toHaveLength(1)
    expect(messages).toEqual(['hi'])
  })
})
