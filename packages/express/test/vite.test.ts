// C1 with Vite: its dev server in middleware mode on the same server, and a fallback page for every path, beside our route.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import express from 'express'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createServer as createViteServer, type ViteDevServer } from 'vite'
import { attach, type AttachOptions, upgrade } from '@tocsin/express'
import { listen, recorder, waitUntil } from './support/application.js'
import { type Client, connect, refusal } from './support/client.js'

async function startVite(attachFirst: boolean, options?: AttachOptions) {
  const root = await mkdtemp(join(tmpdir(), 'tocsin-vite-'))
  await writeFile(join(root, 'index.html'), '<!doctype html><script type="module" src="/main.js"></script>')
  await writeFile(join(root, 'main.js'), 'document.title = "one"\n')
  const { chat } = recorder()
  const app = express()
  const server = createServer(app)
  if (attachFirst) attach(server, app, options)
  const vite = await createViteServer({
    root, configFile: false, appType: 'custom', logLevel: 'error', cacheDir: join(root, '.vite'),
    server: { middlewareMode: true, ws: { server }, watch: { usePolling: true, interval: 50 } },
  })
  onTestFinished(async () => { await vite.close(); await rm(root, { recursive: true, force: true }) })
  let pages = 0
  app.get('/live', upgrade(chat))
  app.use(vite.middlewares)
  app.get('/*path', async (req, res) => {
    pages++
    res.type('html').send(await vite.transformIndexHtml(req.originalUrl, '<h1>The page</h1>'))
  })
  if (!attachFirst) attach(server, app, options)
  const port = await listen(server)
  return { root, vite, port, origin: `ws://127.0.0.1:${port}`, chat, pagesServed: () => pages }
}

/** As Vite's own client in a page does it. */
function connectHmr(origin: string, vite: ViteDevServer): Promise<Client> {
  const { webSocketToken } = vite.config as unknown as { webSocketToken: string }
  return connect(`${origin}/?token=${webSocketToken}`, { protocols: ['vite-hmr'], headers: { Origin: origin.replace('ws', 'http') } })
}

describe.each([['attached before Vite', true], ['attached after Vite', false]])('C1: %s', (_case, attachFirst) => {
  test('HMR works, our route works, and so do pages', async () => {
    const { root, vite, port, origin } = await startVite(attachFirst)
    const live = await connect(`${origin}/live`)
    const hmr = await connectHmr(origin, vite)
    await waitUntil(() => hmr.messages.some((text) => text.includes('"connected"')))
    expect(await live.echo('hello')).toBe('hello')
    expect(await (await fetch(`http://127.0.0.1:${port}/some/page`)).text()).toContain('<h1>The page</h1>')
    expect(await (await fetch(`http://127.0.0.1:${port}/main.js`)).text()).toContain('one')
    await writeFile(join(root, 'main.js'), 'document.title = "two"\n')
    await waitUntil(() => hmr.messages.some((text) => text.includes('full-reload')), 8_000)
    expect(await live.echo('still here')).toBe('still here')
  })
})

test('C1: a path that neither of them knows is answered by the page, at the deadline, and costs nobody else anything', async () => {
  const { origin, chat, pagesServed } = await startVite(true, { handshakeTimeout: 500 })
  const live = await connect(`${origin}/live`)
  const unknown = refusal(`${origin}/nowhere`)
  expect(await live.echo('meanwhile')).toBe('meanwhile')
  await waitUntil(() => pagesServed() === 1)
  expect(chat.connections.size).toBe(1)
  const answer = await unknown
  expect(answer).toMatchObject({ status: 200, headers: { connection: 'close' } })
  expect(answer.body).toContain('<h1>The page</h1>')
})
