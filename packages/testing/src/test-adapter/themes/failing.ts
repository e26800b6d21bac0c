// The contract, 6: what handlers do wrong, or at an unusual moment, costs their connection alone (SECURITY, "The app").
import assert from 'node:assert/strict'
import type { Connection, WebSocketEndpoint } from '@tocsin/core'
import { type ContractTest, type Theme, echo } from '../contract-test.js'
import { type Stage, eventually, within } from '../stage.js'

type Start = Parameters<ContractTest['run']>[0]
type Heard = [error: unknown, connection: Connection | undefined][]

const SECRET = 'the secret of a handler'

/** Handlers tell by the room whose turn it is. */
async function startRooms(start: Start, endpoint: WebSocketEndpoint<unknown>): Promise<{ stage: Stage; heard: Heard }> {
  const heard: Heard = []
  endpoint.on('error', (error, connection) => { heard.push([error, connection]) })
  return { stage: await start({ upgrades: [{ path: '/rooms/:room', endpoint, data: ({ params }) => params.room }] }), heard }
}

function failing(event: 'open' | 'message', how: string, fail: () => unknown): ContractTest {
  return {
    title: `SECURITY the app: a handler of ${event} ${how}: 1011 without its text, one error with the connection, the others live`,
    async run(start) {
      const failWhere = ({ data }: Connection): unknown => (data === 'bad' ? fail() : undefined)
      const { stage, heard } = await startRooms(start, echo().on(event, failWhere))
      const good = await stage.connect('/rooms/good')
      const bad = await stage.connect('/rooms/bad')
      bad.send('x')
      assert.deepEqual(await within(bad.closed, 'the end of the connection').then(({ code, reason }) => [code, reason]), [1011, ''])
      assert.deepEqual(heard.map(([error, connection]) => [(error as Error).message, connection?.data]), [[SECRET, 'bad']])
      good.send('still here')
      assert.equal(await good.next(), 'still here')
    },
  }
}

const afterwards: ContractTest = {
  title: 'SECURITY the app: a handler of close throws: heard of with the connection, and the shutdown is not held up',
  async run(start) {
    const endpoint = echo().on('close', () => { throw new Error(SECRET) })
    const { stage, heard } = await startRooms(start, endpoint)
    await (await stage.connect('/rooms/red')).close()
    await eventually(() => heard.length === 1, () => 'the error of the close handler')
    assert.equal(heard[0]![1]?.data, 'red')
    await stage.connect('/rooms/blue')
    await within(stage.running.close(), 'close() of the adapter')
    assert.equal(heard.length, 2)
  },
}

const anywhere: ContractTest = {
  title: 'SECURITY the app: close, terminate and send inside handlers, inside iteration and inside the filter of a broadcast',
  async run(start) {
    const endpoint = echo().on('open', (connection) => {
      if (connection.data === 'close') connection.close(4000)
      if (connection.data === 'terminate') connection.terminate()
    })
    const { stage, heard } = await startRooms(start, endpoint)
    const closed = await stage.connect('/rooms/close')
    assert.equal((await within(closed.closed, 'the end of the connection')).code, 4000)
    // Cut before the 101 has left: the peer may see no handshake at all
    await stage.connect('/rooms/terminate').catch(() => {})
    const clients = await Promise.all(['a', 'b', 'c', 'd'].map((room) => stage.connect(`/rooms/${room}`)))
    for (const connection of endpoint.connections) if (connection.data === 'a') connection.terminate()
    const filter = (connection: Connection): boolean => {
      if (connection.data === 'b') connection.terminate()
      return true
    }
    assert.equal(endpoint.broadcast('hello', { filter }), 2)
    for (const client of clients.slice(2)) assert.equal(await client.next(), 'hello')
    await eventually(() => endpoint.connections.size === 2, () => 'two connections')
    assert.deepEqual(heard, [])
  },
}

const inFlight: ContractTest = {
  title: 'SECURITY the app: what was accepted for sending before a shutdown is sent before the Close',
  async run(start) {
    const endpoint = echo()
    const { stage } = await startRooms(start, endpoint)
    const client = await stage.connect('/rooms/blue')
    const [connection] = endpoint.connections
    for (let i = 0; i < 100; i++) assert.equal(connection!.send(`${i} ${'x'.repeat(10_000)}`), true)
    const closed = stage.running.close()
    for (let i = 0; i < 100; i++) assert.equal(String(await client.next()).split(' ')[0], String(i))
    assert.equal((await within(client.closed, 'the end of the connection')).code, 1001)
    await within(closed, 'close() of the adapter')
  },
}

export const failingHandlers: Theme = {
  title: 'failing handlers',
  tests: [
    ...(['open', 'message'] as const).flatMap((event) => [
      failing(event, 'throws', () => { throw new Error(SECRET) }),
      failing(event, 'rejects', () => Promise.reject(new Error(SECRET))),
    ]),
    afterwards,
    anywhere,
    inFlight,
  ],
}
