// The contract, 1: what a framework's pipeline says about a request reaches the connection (FEATURES C5).
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { Frame, Opcode, WebSocketEndpoint } from '@tocsin/core'
import type { Visit } from '../adapter-under-test.js'
import { type ContractTest, type Theme, echo } from '../contract-test.js'
import { eventually } from '../stage.js'

interface Member {
  readonly user: string
  readonly room: string
}

const typedData: ContractTest = {
  title: 'C5 a path parameter and an asynchronous middleware end in the connection\'s data',
  async run(start) {
    const users = new WeakMap<object, string>()
    const endpoint = new WebSocketEndpoint<unknown>()
      .on('message', (connection) => { connection.send(JSON.stringify([connection.data, connection.remoteAddress])) })
    const stage = await start({ upgrades: [{
      path: '/rooms/:room',
      async before({ request }) {
        await delay(5)
        users.set(request, String(request.headers['x-user']))
        return undefined
      },
      endpoint,
      data: ({ request, params }): Member => ({ user: users.get(request) ?? 'nobody', room: String(params.room) }),
    }] })
    const [ada, bob] = await Promise.all([
      stage.connect('/rooms/blue%20room?name=x', { headers: { 'X-User': 'ada' } }),
      stage.connect('/rooms/red', { headers: { 'X-User': 'bob' } }),
    ])
    ada.send('who am I?')
    bob.send('who am I?')
    assert.deepEqual(await ada.nextJson(), [{ user: 'ada', room: 'blue room' }, '127.0.0.1'])
    assert.deepEqual(await bob.nextJson(), [{ user: 'bob', room: 'red' }, '127.0.0.1'])
  },
}

const headersOf101: ContractTest = {
  title: 'C5 header fields and cookies that middleware sets reach the 101, and only they',
  async run(start) {
    const before = (visit: Visit): undefined => {
      visit.setHeader('X-Trace', 'abc')
      visit.setHeader('Set-Cookie', ['session=1; HttpOnly', 'theme=dark'])
    }
    const stage = await start({ upgrades: [{ path: '/chat', before, endpoint: echo(), data: () => null }] })
    const client = await stage.connect('/chat')
    assert.equal(client.headers['x-trace'], 'abc')
    assert.deepEqual(client.headers['set-cookie'], ['session=1; HttpOnly', 'theme=dark'])
    assert.equal(client.headers.connection, 'Upgrade')
    assert.equal(client.headers['content-length'], undefined)
    assert.equal(client.headers['content-type'], undefined)
    assert.equal(client.headers['transfer-encoding'], undefined)
    client.send('hello')
    assert.equal(await client.next(), 'hello')
  },
}

const earlyFrames: ContractTest = {
  title: 'A35 frames in the segment of the handshake are delivered in order, after `open` has settled',
  async run(start) {
    const log: string[] = []
    const endpoint = echo().on('open', async () => {
      log.push('open')
      await delay(10)
      log.push('opened')
    })
    endpoint.on('message', (_connection, message) => { log.push(String(message)) })
    const before = (): Promise<undefined> => delay(20, undefined)
    const stage = await start({ upgrades: [{ path: '/chat', before, endpoint, data: () => null }] })
    const frames = ['one', 'two'].map((payload) => new Frame({ opcode: Opcode.Text, payload }))
    const client = await stage.connect('/chat', { head: frames })
    assert.equal(await client.next(), 'one')
    assert.equal(await client.next(), 'two')
    assert.deepEqual(log, ['open', 'opened', 'one', 'two'])
  },
}

const asyncContext: ContractTest = {
  title: 'C5 handlers run in the async context of the middleware',
  async run(start) {
    const storage = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    const endpoint = new WebSocketEndpoint<unknown>()
    endpoint.on('open', () => { seen.push(storage.getStore()) })
    endpoint.on('message', async (connection) => {
      await delay(1)
      seen.push(storage.getStore())
      connection.send('seen')
    })
    endpoint.on('close', () => { seen.push(storage.getStore()) })
    let count = 0
    const around = (next: () => void): void => storage.run(`request ${++count}`, next)
    const stage = await start({ upgrades: [{ path: '/chat', around, before: () => delay(1, undefined), endpoint, data: () => null }] })
    for (const expected of ['request 1', 'request 2']) {
      const client = await stage.connect('/chat')
      client.send('look')
      await client.next()
      await client.close()
      await eventually(() => seen.length === 3, () => '`open`, `message` and `close`')
      assert.deepEqual(seen.splice(0), [expected, expected, expected])
    }
  },
}

const ownHook: ContractTest = {
  title: 'A5 an endpoint with an `upgrade` hook decides by itself when the route passes no data',
  async run(start) {
    const endpoint = new WebSocketEndpoint<unknown>({
      async upgrade(handshake) {
        await delay(1)
        const { name } = handshake.request.headers
        if (name === undefined) return handshake.reject(403, { body: { error: 'no name' } })
        return handshake.accept({ name }, { headers: { 'X-Hook': '1' } })
      },
    }).on('message', (connection) => { connection.send(JSON.stringify(connection.data)) })
    const stage = await start({ upgrades: [{ path: '/chat', endpoint }] })
    const client = await stage.connect('/chat', { headers: { Name: 'ada' } })
    client.send('?')
    assert.deepEqual(await client.nextJson(), { name: 'ada' })
    assert.equal(client.headers['x-hook'], '1')
    const refused = await stage.refusal('/chat')
    assert.equal(refused.status, 403)
    assert.deepEqual(refused.json(), { error: 'no name' })
  },
}

const subprotocol: ContractTest = {
  title: 'A18 the endpoint\'s choice among the offered subprotocols is answered',
  async run(start) {
    const endpoint = echo({ subprotocols: ['chat.v2', 'chat.v1'] })
    const stage = await start({ upgrades: [{ path: '/chat', endpoint, data: () => null }] })
    assert.equal((await stage.connect('/chat', { subprotocols: ['chat.v1', 'chat.v2'] })).subprotocol, 'chat.v2')
    assert.equal((await stage.connect('/chat', { subprotocols: ['other'] })).subprotocol, '')
  },
}

const twoEndpoints: ContractTest = {
  title: 'C1 two routes lead to two endpoints, each with its own connections',
  async run(start) {
    const [red, blue] = [echo(), echo()]
    const stage = await start({ upgrades: [
      { path: '/red', endpoint: red, data: () => 'red' },
      { path: '/blue/:room', endpoint: blue, data: ({ params }) => params.room },
    ] })
    const [one, two] = [await stage.connect('/red'), await stage.connect('/blue/sky')]
    assert.deepEqual([...red.connections].map(({ data }) => data), ['red'])
    assert.deepEqual([...blue.connections].map(({ data }) => data), ['sky'])
    assert.equal(red.broadcast('to red'), 1)
    assert.equal(blue.broadcast('to blue'), 1)
    assert.equal(await one.next(), 'to red')
    assert.equal(await two.next(), 'to blue')
  },
}

export const upgrading: Theme = {
  title: 'upgrading',
  tests: [typedData, headersOf101, earlyFrames, asyncContext, ownHook, subprotocol, twoEndpoints],
}
