// The browser door in a real Chromium, against a real endpoint. Skipped, by name, where there is no chromium on PATH.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketEndpoint } from '@tocsin/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as Door from '../../src/browser.js'
import { type Bundle, bundleForBrowsers } from '../support/bundle.js'
import { chromiumPath, launchChromium } from '../support/chromium.js'

let bundle: Bundle

beforeAll(async () => { bundle = await bundleForBrowsers() })

it('the bundle has nothing of Node, and no other package', () => {
  expect(bundle.imports).toEqual([])
  expect(bundle.modules.filter((id) => !/packages\/client\/src\/(browser|shared)[/.]/.test(id))).toEqual([])
  expect(bundle.code).not.toMatch(/node:|require\(|process\.|\bBuffer\b/)
})

describe.skipIf(!chromiumPath)('in Chromium', () => {
  let browser: Browser
  let page: Page
  let endpoint: WebSocketEndpoint
  let port: number
  const server = createServer((request, response) => {
    const isScript = request.url === '/client.js'
    response.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' }).end(isScript ? bundle.code : '<!doctype html><title>client</title>')
  })

  beforeAll(async () => {
    endpoint = new WebSocketEndpoint({ subprotocols: ['echo'] })
    endpoint.on('message', (connection, message) => {
      if (message === 'go away') connection.close(4401, 'go away')
      else if (message === 'restart') connection.terminate()
      else connection.send(message)
    })
    endpoint.attach(server, { path: '/chat' })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
    browser = await launchChromium()
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${port}/`)
  })

  afterAll(async () => {
    await browser.close()
    await endpoint.close()
    server.close()
  })

  /** Runs with the door as its argument. */
  function inPage<T>(run: (door: typeof Door) => Promise<T>): Promise<T> {
    return page.evaluate(`import('/client.js').then(${String(run)})`)
  }

  it('connects relative to the page, speaks both kinds, and closes', async () => {
    expect(await inPage(async ({ WebSocketClient }) => {
      const client = new WebSocketClient('/chat', { subprotocols: ['echo'] })
      client.send('early')
      const event = await client.opened
      client.send(new Uint8Array([1, 2]))
      client.send('x', { binary: true })
      client.send(new TextEncoder().encode('ä'), { text: true })
      const seen: unknown[] = []
      for await (const message of client) {
        seen.push(typeof message === 'string' ? message : [...message])
        if (seen.length === 4) break
      }
      await client.drained()
      const { subprotocol } = client
      const { code, clean, initiator, final, unconfirmed } = await client.close(3000, 'bye')
      return { event, seen, subprotocol, end: { code, clean, initiator, final, unconfirmed }, state: client.readyState }
    })).toEqual({
      event: { reconnected: false },
      seen: ['early', [1, 2], [120], 'ä'],
      subprotocol: 'echo',
      end: { code: 3000, clean: true, initiator: 'local', final: true, unconfirmed: { count: 0, messages: [] } },
      state: 3,
    })
  })

  it('comes back, and sends what has waited', async () => {
    expect(await inPage(async ({ WebSocketClient }) => {
      const said: unknown[] = []
      const client = new WebSocketClient('/chat', { reconnect: 20 })
      client.on('open', ({ reconnected }) => said.push(reconnected ? 'open again' : 'open'))
      client.on('close', ({ code, final, unconfirmed }) => {
        said.push([code, final, unconfirmed.count])
        client.send('kept')
      })
      client.on('reconnecting', ({ attempt, delay }) => said.push([attempt, delay]))
      await client.opened
      client.send('restart')
      for await (const message of client) {
        said.push(message)
        break
      }
      client.terminate()
      return said
    })).toEqual(['open', [1006, false, 1], [1, 20], 'open again', 'kept', [1006, true, 1]])
  })

  it('keeps to its final codes, and tells code and reason', async () => {
    expect(await inPage(async ({ WebSocketClient }) => {
      const client = new WebSocketClient('/chat', { reconnect: { final: [4401] } })
      client.send('go away')
      const { code, reason, clean, initiator, final } = await client.closed
      return { code, reason, clean, initiator, final }
    })).toEqual({ code: 4401, reason: 'go away', clean: true, initiator: 'peer', final: true })
  })

  it('gives up where it should, and says that it could not connect', async () => {
    expect(await inPage(async ({ WebSocketClient }) => {
      const errors: unknown[] = []
      const refused = await new WebSocketClient('/nowhere', { reconnect: { maxAttempts: 2, initialDelay: 1 } }).on('error', (error) => errors.push((error as { code?: string }).code)).opened.catch((error: { code: string }) => error.code)
      const late = new WebSocketClient(() => new Promise(() => undefined), { reconnect: false, handshakeTimeout: 20 })
      const abort = new AbortController()
      const aborted = new WebSocketClient('/chat', { signal: abort.signal })
      await aborted.opened
      abort.abort(new Error('enough'))
      return { refused, errors, late: await late.opened.catch((error: { code: string }) => error.code), aborted: (await aborted.closed).error?.message }
    })).toEqual({ refused: 'WS_ERR_CONNECT', errors: ['WS_ERR_CONNECT', 'WS_ERR_CONNECT', 'WS_ERR_CONNECT'], late: 'WS_ERR_HANDSHAKE_TIMEOUT', aborted: 'enough' })
  })

  it('refuses what a page cannot do', async () => {
    expect(await inPage(async ({ WebSocketClient, UsageError }) => {
      const codes: unknown[] = []
      const attempt = (run: () => unknown): void => {
        try {
          run()
        } catch (error) {
          codes.push([(error as { code: string }).code, error instanceof UsageError])
        }
      }
      const client = new WebSocketClient('/chat')
      attempt(() => new WebSocketClient('/chat', { headers: { Authorization: 'x' } } as object))
      attempt(() => new WebSocketClient('/chat#here'))
      attempt(() => new WebSocketClient('ftp://a/'))
      attempt(() => client.close(1001))
      attempt(() => client.close(1000, 'ä'.repeat(62)))
      attempt(() => client.send({} as string))
      await client.close()
      return codes
    })).toEqual([
      ['WS_ERR_INVALID_OPTION', true], ['WS_ERR_URL', true], ['WS_ERR_URL', true], ['WS_ERR_CLOSE_CODE', true], ['WS_ERR_CLOSE_REASON', true], ['WS_ERR_PAYLOAD', true],
    ])
  })

  it('as streams', async () => {
    expect(await inPage(async ({ WebSocketClient, readableOf, writableOf }) => {
      const client = new WebSocketClient('/chat')
      const [reader, writer] = [readableOf(client).getReader(), writableOf(client).getWriter()]
      await writer.write('hi')
      const first = await reader.read()
      await writer.close()
      return [first, await reader.read()]
    })).toEqual([{ done: false, value: 'hi' }, { done: true }])
  })
})
