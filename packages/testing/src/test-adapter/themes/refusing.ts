// The contract, 2: whoever is not let in gets a complete HTTP response, and never a word about the server's insides.
import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import type { Answer, UpgradeRoute } from '../adapter-under-test.js'
import { type ContractTest, type Theme, echo } from '../contract-test.js'

const SECRET = 'the password is hunter2'

const unauthorized: ContractTest = {
  title: 'C5 middleware refuses with a complete response: status, header fields, cookie, JSON',
  async run(start) {
    const before = async (): Promise<Answer> => {
      await delay(5)
      return { status: 401, headers: { 'WWW-Authenticate': 'Bearer', 'Set-Cookie': ['seen=1'] }, body: { error: 'who are you?' } }
    }
    const endpoint = echo().on('open', () => { opened++ })
    let opened = 0
    const stage = await start({ upgrades: [{ path: '/chat', before, endpoint, data: () => null }] })
    const refused = await stage.refusal('/chat')
    assert.equal(refused.status, 401)
    assert.deepEqual(refused.json(), { error: 'who are you?' })
    assert.match(String(refused.headers['content-type']), /^application\/json/)
    assert.equal(refused.headers['www-authenticate'], 'Bearer')
    assert.deepEqual(refused.headers['set-cookie'], ['seen=1'])
    assert.equal(refused.headers.connection, 'close')
    assert.equal(opened, 0)
    await stage.hasConnections(0)
  },
}

function throwing(step: string, route: Omit<UpgradeRoute, 'path' | 'endpoint'>): ContractTest {
  return {
    title: `SECURITY exception text: ${step} throws, the peer gets a bare 500 and the application hears of it once`,
    async run(start) {
      const endpoint = echo()
      const stage = await start({ upgrades: [{ data: () => null, ...route, path: '/chat', endpoint }] })
      const refused = await stage.refusal('/chat')
      assert.equal(refused.status, 500)
      assert.doesNotMatch(JSON.stringify(refused.headers) + refused.body, /hunter2|(?<!Internal Server )Error|\bat\b.*\.[jt]s/)
      assert.equal(endpoint.connections.size, 0)
      assert.deepEqual(stage.errors.map(String), [`Error: ${SECRET}`])
      await stage.hasConnections(0)
    },
  }
}

const synchronously = throwing('the route', { data() { throw new Error(SECRET) } })
const asynchronously = throwing('asynchronous middleware', {
  async before() {
    await delay(5)
    throw new Error(SECRET)
  },
})

const crossSite: ContractTest = {
  title: 'SECURITY cross-site WebSocket hijacking: same origin passes, a foreign one and null get 403',
  async run(start) {
    const stage = await start({ upgrades: [{ path: '/chat', endpoint: echo(), data: () => null }] })
    await stage.connect('/chat', { origin: `http://${stage.host}` })
    await stage.connect('/chat')
    for (const origin of ['https://evil.example', `http://${stage.host}0`, 'null']) {
      const refused = await stage.refusal('/chat', { origin })
      assert.equal(refused.status, 403, origin)
      assert.equal(refused.headers.connection, 'close')
    }
    await stage.hasConnections(2)
  },
}

const plainRequest: ContractTest = {
  title: 'C5 a plain request to a route that upgrades gets 426',
  async run(start) {
    const endpoint = echo()
    const stage = await start({ upgrades: [{ path: '/chat', endpoint, data: () => null }] })
    const { status, headers } = await stage.request('GET /chat')
    assert.equal(status, 426)
    assert.equal(headers.upgrade, 'websocket')
    assert.equal(endpoint.connections.size, 0)
  },
}

const plainRoute: ContractTest = {
  title: 'C1 a WebSocket request to a route that does not upgrade gets its response, complete, and no 101',
  async run(start) {
    const stage = await start({ pages: [
      { method: 'GET', path: '/page', answer: () => ({ status: 200, body: 'a page' }) },
      { method: 'GET', path: '/gone', answer: () => ({ status: 410, body: { error: 'gone' } }) },
    ] })
    const page = await stage.refusal('/page')
    assert.deepEqual([page.status, page.body], [200, 'a page'])
    const gone = await stage.refusal('/gone')
    assert.deepEqual([gone.status, gone.json()], [410, { error: 'gone' }])
    await stage.hasConnections(0)
  },
}

const malformed: ContractTest = {
  title: 'SECURITY opening handshake: a wrong version gets 426, a missing or wrong key 400',
  async run(start) {
    const stage = await start({ upgrades: [{ path: '/chat', endpoint: echo(), data: () => null }] })
    const wrongVersion = await stage.refusal('/chat', { headers: { 'Sec-WebSocket-Version': '12' } })
    assert.equal(wrongVersion.status, 426)
    assert.equal(wrongVersion.headers['sec-websocket-version'], '13')
    assert.equal((await stage.refusal('/chat', { headers: { 'Sec-WebSocket-Key': undefined } })).status, 400)
    assert.equal((await stage.refusal('/chat', { headers: { 'Sec-WebSocket-Key': 'short' } })).status, 400)
    await stage.hasConnections(0)
  },
}

export const refusing: Theme = {
  title: 'refusing',
  tests: [unauthorized, synchronously, asynchronously, crossSite, plainRequest, plainRoute, malformed],
}
