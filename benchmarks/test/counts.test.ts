// What the hot path may cost, in numbers that no machine changes: writes, Buffers, deflates, timers.
import { createServer } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type EndpointOptions, Runtime, WebSocketEndpoint } from '@tocsin/core'
import { settle, virtualClock } from '@tocsin/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { type TcpStage, buffersMadeBy, connectInMemory, connectOverTcp, messages, timersStartedBy, writesOf } from './counting.js'

/** Time stands still, so that no deadline of another test falls into what is counted. */
function endpointOf(options: EndpointOptions<undefined> = {}): WebSocketEndpoint {
  return new WebSocketEndpoint({ runtime: new Runtime({ clock: virtualClock() }), ...options })
}

const stages: TcpStage[] = []
afterEach(() => { for (const stage of stages.splice(0)) stage.close() })

async function overTcp(endpoint: WebSocketEndpoint, extensions: readonly (string | undefined)[]): Promise<TcpStage> {
  const stage = await connectOverTcp(endpoint, extensions)
  stages.push(stage)
  return stage
}

/** The turn in which it is flushed, and the ones in which Node's sockets are done with it. */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await nextTurn()
}

describe('writes', () => {
  function chat(): { endpoint: WebSocketEndpoint; server: ReturnType<typeof createServer> } {
    const endpoint = endpointOf()
    const server = createServer()
    endpoint.attach(server)
    return { endpoint, server }
  }

  test('a chunk of 16 messages, each answered and told to all: two writes to the one who asked, one to everybody else', async () => {
    const { endpoint, server } = chat()
    endpoint.on('message', (connection, message) => {
      connection.send(message)
      endpoint.broadcast(message)
    })
    const one = await connectInMemory(server)
    const other = await connectInMemory(server)
    const [own, others] = [writesOf(one.server), writesOf(other.server)]
    one.client.write(messages(...Array<string>(16).fill('hello')))
    await settle()
    const bytes = (writes: Buffer[][]): number => Buffer.concat(writes.flat()).length
    expect([bytes(own), bytes(others)]).toEqual([2 * 16 * 7, 16 * 7])
    expect(own.length).toBeLessThanOrEqual(2)
    expect(others.length).toBe(1)
  })

  test('one message alone is answered before anything else runs', async () => {
    const { endpoint, server } = chat()
    const seen: number[] = []
    let writes: Buffer[][] = []
    endpoint.on('message', (connection, message) => {
      connection.send(message)
      process.nextTick(() => seen.push(writes.length))
    })
    const { client, server: end } = await connectInMemory(server)
    writes = writesOf(end)
    client.write(messages('hello'))
    await settle()
    expect(seen).toEqual([1])
  })

  test('16 broadcasts in one turn are one write to each receiver', async () => {
    const { endpoint, server } = chat()
    endpoint.on('message', () => {})
    const ends = [await connectInMemory(server), await connectInMemory(server), await connectInMemory(server)]
    const writes = ends.map(({ server: end }) => writesOf(end))
    for (let i = 0; i < 16; i++) endpoint.broadcast('hello')
    await settle()
    expect(writes.map(({ length }) => length)).toEqual([1, 1, 1])
  })
})

describe('Buffers of a broadcast', () => {
  async function madeFor(receivers: number, message: string): Promise<number> {
    const endpoint = endpointOf({ pushOnly: true })
    await overTcp(endpoint, Array<undefined>(receivers).fill(undefined))
    endpoint.broadcast(message) // slabs and queues are there now
    await someTurns()
    return buffersMadeBy(async () => {
      expect(endpoint.broadcast(message)).toBe(receivers)
      await someTurns()
    })
  }

  test.each([['small', 'hello'], ['of 16 KiB', 'x'.repeat(16_384)]])('as many for 40 receivers as for 2: %s', async (_, message) => {
    const few = await madeFor(2, message)
    expect(few).toBeGreaterThan(0) // otherwise nothing is counted
    expect(await madeFor(40, message)).toBe(few)
  })

  test('all receivers are written the same object, also when several broadcasts fall into one turn', async () => {
    const endpoint = endpointOf({ pushOnly: true })
    const { sockets } = await overTcp(endpoint, Array<undefined>(20).fill(undefined))
    const writes = sockets.map(writesOf)
    for (let i = 0; i < 16; i++) endpoint.broadcast(`message ${i}`)
    await someTurns()
    const written = writes.flat()
    expect(written.map(({ length }) => length)).toEqual(Array(20).fill(1))
    expect(new Set(written.flat()).size).toBe(1)
  })
})

describe('deflating a broadcast', () => {
  const DEFLATE = 'permessage-deflate; client_max_window_bits'
  const SMALL_WINDOW = 'permessage-deflate; server_max_window_bits=10'
  const message = 'the quick brown fox jumps over the lazy dog. '.repeat(40)

  test.each([
    ['one set of parameters', [DEFLATE, DEFLATE, DEFLATE, DEFLATE], { deflates: 1, objects: 1 }],
    ['two sets, in turn', [DEFLATE, SMALL_WINDOW, DEFLATE, SMALL_WINDOW], { deflates: 2, objects: 2 }],
    ['one set, and some without compression', [DEFLATE, undefined, DEFLATE, undefined], { deflates: 1, objects: 2 }],
  ])('once for each set of parameters: %s', async (_, extensions, { deflates, objects }) => {
    const endpoint = endpointOf({ pushOnly: true, compression: true })
    const { sockets } = await overTcp(endpoint, extensions)
    const writes = sockets.map(writesOf)
    endpoint.broadcast(message)
    await someTurns()
    expect(endpoint.stats().messagesDeflated).toBe(deflates)
    expect(new Set(writes.flat(2)).size).toBe(objects)
  })
})

describe('timers', () => {
  test('one for any number of connections, heartbeat and all', async () => {
    const clock = virtualClock()
    const endpoint = endpointOf({ runtime: new Runtime({ clock }) })
    endpoint.on('message', (connection, message) => void connection.send(message))
    const server = createServer()
    endpoint.attach(server)
    const { client } = await connectInMemory(server)
    expect(clock.pending).toBe(1)
    for (let i = 0; i < 50; i++) await connectInMemory(server)
    client.write(messages('hello'))
    await settle()
    expect(clock.pending).toBe(1)
    expect(endpoint.stats().connections).toBe(51)
  })

  test('a connection and its messages start none of their own', async () => {
    const endpoint = endpointOf() // the wheel's own timer is the clock's
    endpoint.on('message', (connection, message) => void connection.send(message))
    const server = createServer()
    endpoint.attach(server)
    const started = await timersStartedBy(async () => {
      const ends = [await connectInMemory(server), await connectInMemory(server), await connectInMemory(server)]
      for (const { client } of ends) client.write(messages('hello', 'again'))
      await settle()
    })
    expect(endpoint.stats()).toMatchObject({ connections: 3, messagesSent: 6 })
    expect(started).toEqual([])
  })
})
