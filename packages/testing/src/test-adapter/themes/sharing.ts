// The contract, 3: one HTTP server for many: paths that are not ours, other libraries, pipelines (FEATURES C1).
import assert from 'node:assert/strict'
import type { Server } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { UsageError, type WebSocketEndpoint } from '@tocsin/core'
import { WebSocketServer } from 'ws'
import type { PageRoute, Visit } from '../adapter-under-test.js'
import { type ContractTest, type Theme, echo } from '../contract-test.js'
import type { Stage } from '../stage.js'
import { wholeResponse } from '../stage.js'

const page: PageRoute = { method: 'GET', path: '/page', answer: () => ({ status: 200, body: 'a page' }) }
/** Far below every deadline. */
const AT_ONCE = 3_000

const unknownPath: ContractTest = {
  title: 'C1 an upgrade of an unknown path gets a complete 404 at once when nobody else listens',
  async run(start) {
    const stage = await start({ upgrades: [{ path: '/chat', endpoint: echo(), data: () => null }], pages: [page] })
    const startedAt = performance.now()
    const refused = await stage.refusal('/nowhere')
    assert.equal(refused.status, 404)
    assert.equal(refused.headers.connection, 'close')
    assert.ok(performance.now() - startedAt < AT_ONCE)
    await stage.hasConnections(0)
  },
}

/** Another library, as its users attach it: it answers 400 to every path but its own. */
function attachForeign(server: Server): void {
  const foreign = new WebSocketServer({ server, path: '/foreign' })
  foreign.on('connection', (socket) => { socket.on('message', (data) => { socket.send(`foreign: ${(data as Buffer).toString()}`) }) })
}

async function useBoth(stage: Stage, endpoint: WebSocketEndpoint<unknown>): Promise<void> {
  const [ours, theirs] = await Promise.all([stage.connect('/chat'), stage.connect('/foreign')])
  ours.send('hello')
  theirs.send('hello')
  assert.equal(await ours.next(), 'hello')
  assert.equal(await theirs.next(), 'foreign: hello')
  assert.equal(endpoint.connections.size, 1)
  assert.notEqual((await stage.refusal('/nowhere')).status, 101)
  await Promise.all([ours.close(), theirs.close()])
}

const foreignBefore: ContractTest = {
  title: 'C1 a server of `ws` that was attached before keeps its path, and never hears of ours',
  async run(start) {
    const endpoint = echo()
    const onServer = (server: Server): void => attachForeign(server)
    await useBoth(await start({ upgrades: [{ path: '/chat', endpoint, data: () => null }], onServer }), endpoint)
  },
}

const foreignAfter: ContractTest = {
  title: 'C1 a server of `ws` that is attached after keeps its path, and never hears of ours',
  async run(start) {
    const endpoint = echo()
    const before = (): Promise<undefined> => delay(20, undefined)
    const stage = await start({ upgrades: [{ path: '/chat', before, endpoint, data: () => null }], pages: [page] })
    attachForeign(stage.server)
    await useBoth(stage, endpoint)
  },
}

const otherProtocol: ContractTest = {
  title: 'C1 a request that offers another protocol, as `curl --http2` does, gets its page',
  async run(start) {
    const stage = await start({ upgrades: [{ path: '/chat', endpoint: echo(), data: () => null }], pages: [page] })
    const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA', 'Connection: close']
    const response = wholeResponse(await stage.converse(['GET /page HTTP/1.1', `Host: ${stage.host}`, ...offer, '', ''].join('\r\n')))
    assert.deepEqual([response.status, response.body.toString()], [200, 'a page'])
  },
}

const pipelined: ContractTest = {
  title: 'SECURITY an upgrade pipelined behind an unfinished response: that response comes whole, then the connection ends',
  async run(start) {
    const endpoint = echo()
    const slow: PageRoute = {
      method: 'GET',
      path: '/slow',
      answer: async () => {
        await delay(50)
        return { status: 200, body: 'slow but whole' }
      },
    }
    const stage = await start({ upgrades: [{ path: '/chat', endpoint, data: () => null }], pages: [slow] })
    const first = `GET /slow HTTP/1.1\r\nHost: ${stage.host}\r\n\r\n`
    const bytes = await stage.converse(Buffer.concat([Buffer.from(first), stage.upgradeRequest('/chat')]))
    const response = wholeResponse(bytes)
    assert.deepEqual([response.status, response.body.toString()], [200, 'slow but whole'])
    assert.ok(!bytes.includes('101 Switching'))
    assert.equal(endpoint.connections.size, 0)
    const client = await stage.connect('/chat')
    client.send('still here')
    assert.equal(await client.next(), 'still here')
  },
}

const upgradedTwice: ContractTest = {
  title: 'SECURITY two answers to one upgrade: the second is a usage error, and the first connection is unharmed',
  async run(start) {
    const endpoint = echo()
    let second: unknown
    const before = async ({ request, response }: Visit): Promise<undefined> => {
      await endpoint.upgrade(request, response, { data: 'first' })
      second = await endpoint.upgrade(request, response, { data: 'second' }).catch((error: unknown) => error)
    }
    const stage = await start({ upgrades: [{ path: '/chat', before, endpoint, data: () => 'third' }] })
    const client = await stage.connect('/chat')
    await delay(50)
    client.send('hello')
    assert.equal(await client.next(), 'hello')
    assert.ok(second instanceof UsageError, `a UsageError, not ${String(second)}`)
    assert.equal(second.code, 'WS_ERR_ALREADY_UPGRADED')
    assert.deepEqual([...endpoint.connections].map(({ data }) => data), ['first'])
    assert.equal(client.frames.length, 1)
  },
}

export const sharing: Theme = {
  title: 'sharing the server',
  tests: [unknownPath, foreignBefore, foreignAfter, otherProtocol, pipelined, upgradedTwice],
}
