// The contract, 6: the framework's own routes reach the connections, and its shutdown ends them (FEATURES A7, C9).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { WebSocketEndpoint } from '@tocsin/core'
import type { TestClient } from '../../client/test-client.js'
import { inject } from '../../inject.js'
import { type ContractTest, Gate, type Theme, echo } from '../contract-test.js'
import { type Stage, eventually, within } from '../stage.js'

const broadcast: ContractTest = {
  title: 'A7 an HTTP route reaches every established connection and answers how many they were',
  async run(start) {
    const chat = new WebSocketEndpoint<unknown>({ pushOnly: true })
    const stage = await start({
      upgrades: [{ path: '/rooms/:room', endpoint: chat, data: ({ params }) => params.room }],
      pages: [{ method: 'POST', path: '/announce', answer: () => ({ status: 200, body: { delivered: chat.broadcast('hear, hear') } }) }],
    })
    const clients = await Promise.all(['red', 'red', 'blue'].map((room) => stage.connect(`/rooms/${room}`)))
    const { status, body } = await stage.request('POST /announce', ['Content-Length: 0'])
    assert.equal(status, 200)
    assert.deepEqual(JSON.parse(body.toString()), { delivered: 3 })
    for (const client of clients) assert.equal(await client.next(), 'hear, hear')
  },
}

async function expectGoingAway(clients: readonly TestClient[]): Promise<void> {
  for (const client of clients) {
    const { code, clean } = await within(client.closed, 'the end of a connection')
    assert.deepEqual([code, clean], [1001, true])
  }
}

async function startWithTwo(stage: Stage): Promise<TestClient[]> {
  const clients = [await stage.connect('/chat'), await stage.connect('/chat')]
  for (const client of clients) {
    client.send('hello')
    await client.next()
  }
  return clients
}

const serverClose: ContractTest = {
  title: 'C9 `server.close()` alone ends the connections with 1001',
  async run(start) {
    const stage = await start({ upgrades: [{ path: '/chat', endpoint: echo(), data: () => null }] })
    const clients = await startWithTwo(stage)
    const closed = once(stage.server, 'close')
    stage.server.close()
    await expectGoingAway(clients)
    await within(closed, 'the end of the server')
  },
}

const adapterClose: ContractTest = {
  title: 'C9 the adapter\'s close ends connections with 1001, awaits their `close` handlers, and closes the server',
  async run(start) {
    let handled = 0
    const endpoint = echo().on('close', async () => {
      await new Promise<void>((resolve) => { setTimeout(resolve, 50) })
      handled++
    })
    const stage = await start({ upgrades: [{ path: '/chat', endpoint, data: () => null }] })
    const clients = await startWithTwo(stage)
    await within(stage.running.close(), 'close() of the adapter')
    assert.equal(handled, 2)
    assert.equal(stage.server.listening, false)
    await expectGoingAway(clients)
    await assert.rejects(stage.connect('/chat'))
  },
}

const deadline: ContractTest = {
  title: 'C9 a peer that does not answer Close is cut at the deadline',
  async run(start) {
    const endpoint = echo()
    const stage = await start({ upgrades: [{ path: '/chat', endpoint, data: () => null }], closing: { deadline: 300 } })
    const client = await stage.connect('/chat', { answersClose: false })
    const startedAt = performance.now()
    await within(stage.running.close(), 'close() of the adapter, soon after its deadline of 300 ms')
    assert.ok(performance.now() - startedAt >= 200, 'the deadline must be waited for')
    assert.equal((await within(client.closed, 'the end of the connection')).code, 1001)
    await eventually(() => endpoint.connections.size === 0, () => 'no connection')
  },
}

const readiness: ContractTest = {
  title: 'C9 readiness: off at once, while everything goes on for the `readinessDelay`; then nobody is let in',
  async run(start) {
    const endpoint = echo()
    let isReady = (): boolean => true
    const ready = () => ({ status: isReady() ? 200 : 503, body: 'readiness' })
    const stage = await start({
      upgrades: [{ path: '/chat', endpoint, data: () => null }],
      pages: [{ method: 'GET', path: '/ready', answer: ready }],
      closing: { readinessDelay: 1_000 },
    })
    isReady = () => stage.running.isReady
    const [client] = await startWithTwo(stage)
    assert.equal((await stage.request('GET /ready')).status, 200)
    const closed = stage.running.close()
    assert.equal((await stage.request('GET /ready')).status, 503)
    const late = await stage.connect('/chat')
    late.send('let in')
    assert.equal(await late.next(), 'let in')
    assert.equal(stage.running.isReady, false)
    await expectGoingAway([client!, late])
    await within(closed, 'close() of the adapter')
  },
}

const spread: ContractTest = {
  title: 'C9 with a `spread`, connections get their Close in batches, and work until then',
  async run(start) {
    const left: number[] = []
    const endpoint = echo()
    endpoint.on('close', () => { left.push([...endpoint.connections].filter(({ isEstablished }) => isEstablished).length) })
    const stage = await start({ upgrades: [{ path: '/chat', endpoint, data: () => null }], closing: { spread: 900 } })
    const clients = await Promise.all(Array.from({ length: 30 }, () => stage.connect('/chat')))
    await within(stage.running.close(), 'close() of the adapter')
    await expectGoingAway(clients)
    assert.equal(left.length, 30)
    assert.ok(left[0]! > 0, 'when the first has closed, others must still be open')
  },
}

const inFlight: ContractTest = {
  title: 'C9 an upgrade whose middleware is at work when everything ends is a 503 with Retry-After',
  async run(start) {
    const [gate, reached] = [new Gate(), new Gate()]
    const before = async (): Promise<undefined> => {
      reached.open()
      await gate.opened
    }
    const stage = await start({ upgrades: [{ path: '/chat', before, endpoint: echo(), data: () => null }] })
    const refusal = stage.refusal('/chat')
    await within(reached.opened, 'the middleware')
    const closed = stage.running.close()
    gate.open()
    const { status, headers } = await within(refusal, 'the refusal')
    assert.deepEqual([status, headers['retry-after'], headers['connection']], [503, '1', 'close'])
    await within(closed, 'close() of the adapter')
  },
}

const secure: ContractTest = {
  title: 'C5 https: routes upgrade over TLS, and the scheme of the Origin counts',
  async run(start) {
    const stage = await start({ isSecure: true, upgrades: [{ path: '/rooms/:room', endpoint: echo(), data: ({ params }) => params.room }] })
    const client = await stage.connect('/rooms/blue', { origin: `https://${stage.host}` })
    client.send('hello')
    assert.equal(await client.next(), 'hello')
    assert.equal((await stage.refusal('/rooms/blue', { origin: `http://${stage.host}` })).status, 403)
    assert.equal((await stage.refusal('/nowhere')).status, 404)
    assert.equal((await client.close()).clean, true)
  },
}

const injected: ContractTest = {
  title: 'C8 `inject()` reaches the routes without a port',
  async run(start) {
    const before = async ({ request }: { request: { headers: object } }): Promise<{ status: number; body: string } | undefined> => {
      await Promise.resolve()
      return 'authorization' in request.headers ? undefined : { status: 401, body: 'who are you?' }
    }
    const endpoint = echo()
    const stage = await start({ upgrades: [{ path: '/rooms/:room', before, endpoint, data: ({ params }) => params.room }] })
    const client = await inject(stage.server, { path: '/rooms/blue', headers: { Authorization: 'x' }, remoteAddress: '203.0.113.7' })
    client.send('hello')
    assert.equal(await client.next(), 'hello')
    assert.deepEqual([...endpoint.connections].map(({ data, remoteAddress }) => [data, remoteAddress]), [['blue', '203.0.113.7']])
    await assert.rejects(inject(stage.server, '/rooms/blue'), { status: 401, body: 'who are you?' })
    assert.equal((await client.close()).clean, true)
  },
}

export const serving: Theme = {
  title: 'serving and shutting down',
  tests: [broadcast, serverClose, adapterClose, deadline, readiness, spread, inFlight, secure, injected],
}
