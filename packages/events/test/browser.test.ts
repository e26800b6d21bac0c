// Events in a real Chromium, over the browser's door of the client, against a real endpoint. Skipped, by name, without a chromium on PATH.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { WebSocketEndpoint } from '@tocsin/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Bundle, bundleForBrowsers } from '../../client/test/support/bundle.js'
import { chromiumPath, launchChromium } from '../../client/test/support/chromium.js'
import { defineEvents, typed } from '../src/index.js'
import type * as Page from './support/page.js'

let bundle: Bundle

beforeAll(async () => { bundle = await bundleForBrowsers(fileURLToPath(new URL('support/page.ts', import.meta.url))) })

it('the bundle has nothing of Node, and no other package', () => {
  expect(bundle.imports).toEqual([])
  expect(bundle.modules.filter((id) => !/packages\/(client\/src\/(browser|shared)[/.]|events\/(src|test\/support)\/)/.test(id))).toEqual([])
  expect(bundle.code).not.toMatch(/node:|require\(|process\.|\bBuffer\b/)
})

describe.skipIf(!chromiumPath)('in Chromium', () => {
  const endpoint = new WebSocketEndpoint()
  const say = { data: z.object({ text: z.string().max(20) }), reply: typed<{ length: number }>() }
  const events = defineEvents(endpoint, { say, hold: z.unknown() }, { outgoing: { said: typed<{ text: string }>(), confirm: { data: typed<string>(), reply: z.string() } } })
  const confirmed: unknown[] = []
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' }).end(isScript ? bundle.code : '<!doctype html><title>events</title>')
  })
  let browser: Awaited<ReturnType<typeof launchChromium>>
  let inPage: <T>(run: (door: typeof Page) => Promise<T>) => Promise<T>

  beforeAll(async () => {
    events.on('say', async (connection, { text }) => {
      if (text === 'confirm') confirmed.push(await events.request(connection, 'confirm', 'sure?'))
      events.broadcast('said', { text })
      return { length: text.length }
    })
    events.on('hold', (connection) => {
      connection.terminate()
      return new Promise(() => {})
    })
    endpoint.attach(server, { path: '/chat' })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    browser = await launchChromium()
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    inPage = (run) => page.evaluate(`import('/page.js').then(${String(run)})`)
  })

  afterAll(async () => {
    await browser.close()
    await endpoint.close({ deadline: 500 })
    server.close()
  })

  it('asks, is asked, hears, and is told what was wrong', async () => {
    expect(await inPage(async ({ WebSocketClient, defineEvents, typed }) => {
      const client = new WebSocketClient('/chat')
      const heard: unknown[] = []
      const mine = defineEvents(client, { said: typed<{ text: string }>(), confirm: { data: typed<string>(), reply: typed<string>() } })
      mine.on('said', ({ text }) => heard.push(text)).on('confirm', (question) => `yes, ${question}`)
      const early = await mine.request('say', { text: 'early' }, { timeout: 5_000 })
      const confirmed = await mine.request('say', { text: 'confirm' })
      const refused = await mine.request('say', { text: 7 }).catch((error: { code: string; answer: { code: string } }) => [error.code, error.answer.code])
      await client.close()
      const closed = await mine.request('say', { text: 'late' }).catch((error: { code: string }) => error.code)
      return { early, confirmed, refused, closed, heard }
    })).toEqual({
      early: { length: 5 },
      confirmed: { length: 7 },
      refused: ['WS_ERR_REQUEST_REFUSED', 'invalid-data'],
      closed: 'WS_ERR_REQUEST_CLOSED',
      heard: ['early', 'confirm'],
    })
    expect(confirmed).toEqual(['yes, sure?'])
  })

  it('comes back: what was sent is unconfirmed, what waits is answered', async () => {
    expect(await inPage(async ({ WebSocketClient, defineEvents }) => {
      const client = new WebSocketClient('/chat', { reconnect: 20 })
      const mine = defineEvents(client)
      await client.opened
      const waiting = new Promise((resolve) => { client.on('close', ({ final }) => { if (!final) resolve(mine.request('say', { text: 'waits' })) }) })
      const held = await mine.request('hold', 0).catch((error: { code: string }) => error.code)
      const answer = await waiting
      await client.close()
      return { held, answer }
    })).toEqual({ held: 'WS_ERR_REQUEST_UNCONFIRMED', answer: { length: 5 } })
  })
})
