// Answers in the words of a framework: `respond` of UpgradeOptions, and the id that it knows beforehand.
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import type { WholeResponse } from '../../src/endpoint/answer.js'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import type { Refusal } from '../../src/endpoint/events.js'
import type { EndpointOptions } from '../../src/endpoint/options.js'
import { dispatchUpgrades } from '../../src/index.js'
import { connect, listen, upgradeRequest } from '../dispatcher/helpers.js'

type Hook = (response: WholeResponse) => WholeResponse | undefined

/** A framework whose hooks run only when it sends by itself, a moment later; `hook` may make something else of a response, or nothing. */
async function framework(options: EndpointOptions<undefined> = {}, hook: Hook = (response) => response) {
  const endpoint = new WebSocketEndpoint({ pushOnly: true, ...options })
  const [sent, refusals, results]: [WholeResponse[], Refusal[], unknown[]] = [[], [], []]
  endpoint.on('refused', (_request, refusal) => { refusals.push(refusal) })
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const respond = (given: WholeResponse): void => {
      sent.push(given)
      const hooked = hook(given)
      if (hooked) setTimeout(() => response.writeHead(hooked.status, { ...hooked.headers, 'X-Hook': 'ran' }).end(hooked.body), 5)
    }
    results.push(await endpoint.upgrade(request, response, { respond, id: 'promised' }))
  }
  const server = createServer((request, response) => { response.shouldKeepAlive = false; void route(request, response) })
  dispatchUpgrades(server, route)
  const port = await listen(server)
  return { endpoint, sent, refusals, results, ask: async (bytes = upgradeRequest()) => connect(port, bytes) }
}

describe('respond', () => {
  test('writes the 101: what its hooks set arrives, and the connection has the id that was promised', async () => {
    const { ask, sent, endpoint, results } = await framework()
    const text = await (await ask()).until('\r\n\r\n')
    expect(text).toMatch(/^HTTP\/1\.1 101 [^]*X-Hook: ran\r\n/i)
    expect(sent).toEqual([{ status: 101, headers: {}, body: undefined }])
    expect(endpoint.connections.get('promised')).toBe(results[0])
  })

  test('writes refusals: those of the rules, and that of a hook, with its body as bytes and its fields grouped', async () => {
    const { ask, sent, refusals } = await framework({
      upgrade: (handshake) => handshake.reject(401, {
        headers: [['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2'], ['WWW-Authenticate', 'Basic']],
        body: { who: 'are you' },
      }),
    })
    const crossSite = upgradeRequest('/', ['Origin: https://evil.example'])
    expect((await (await ask(crossSite)).answer()).text).toMatch(/^HTTP\/1\.1 403 [^]*X-Hook: ran\r\n/i)
    expect((await (await ask()).answer()).text).toMatch(/^HTTP\/1\.1 401 [^]*\{"who":"are you"\}/)
    const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Set-Cookie': ['a=1', 'b=2'], 'WWW-Authenticate': 'Basic' }
    const got = sent.map(({ status, headers, body }) => [status, headers, body?.toString()])
    expect(got).toEqual([[403, {}, undefined], [401, headers, '{"who":"are you"}']])
    expect(refusals.map(({ status }) => status)).toEqual([403, 401])
  })

  test('writes the 426 that a plain request gets', async () => {
    const { ask, sent, refusals } = await framework()
    expect((await (await ask('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).answer()).text).toMatch(/^HTTP\/1\.1 426 [^]*X-Hook: ran\r\n/i)
    expect(sent).toMatchObject([{ status: 426, headers: { Upgrade: 'websocket' } }])
    expect(refusals).toMatchObject([{ code: 'WS_ERR_PLAIN_REQUEST' }])
  })

  test('a hook that makes something else of the 101 has refused, and `refused` says so', async () => {
    const { ask, refusals, results } = await framework({}, (response) => ({ ...response, status: 507 }))
    expect((await (await ask()).answer()).status).toBe(507)
    expect(refusals).toMatchObject([{ status: 507, code: 'WS_REFUSED' }])
    expect(results).toEqual([null])
  })

  test('a hook that hangs is answered past it, at the deadline', async () => {
    const { ask, refusals } = await framework({ handshakeTimeout: 150 }, () => undefined)
    const hanging = await ask()
    expect((await hanging.answer()).status).toBe(503)
    expect(refusals).toMatchObject([{ status: 503, code: 'WS_ERR_HANDSHAKE_TIMEOUT' }])
  })
})
