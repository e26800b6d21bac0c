// SECURITY.md, "The app": what an application does wrong, or at an unusual moment, costs one connection at most.
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Connection } from '../../src/index.js'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { Runtime } from '../../src/runtime.js'
import { dial, request } from '../support/raw-peer.js'
import { listen, serve } from '../support/serve.js'
import { gate, turns, until } from '../support/wait.js'

const uncaught: unknown[] = []
const onUncaught = (error: unknown): void => { uncaught.push(error) }
beforeEach(() => { process.on('uncaughtException', onUncaught).on('unhandledRejection', onUncaught) })
afterEach(async () => {
  await turns()
  process.off('uncaughtException', onUncaught).off('unhandledRejection', onUncaught)
  for (const error of uncaught.splice(0)) throw error
})

/** What goes to stderr in this test. */
function stderr(): string[] {
  const printed: string[] = []
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => { printed.push(String(text)); return true })
  onTestFinished(() => { spy.mockRestore() })
  return printed
}

const fling = (value: unknown): never => { throw value }
const secret = (): Error => new Error('secret')
/** Everything that may come out of a handler instead of a good end. */
const failures: Record<string, () => unknown> = {
  'throws an error': () => fling(secret()),
  'rejects with an error': () => Promise.reject(secret()),
  'throws a string': () => fling('secret'),
  'throws undefined': () => fling(undefined),
  'rejects with null': () => Promise.reject(null),
  'throws what has no text': () => fling(Object.create(null)),
  'throws what refuses to be shown': () => fling({ [inspect.custom]: () => fling(secret()), toString: () => fling(secret()) }),
  'returns a thenable that rejects': () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(secret()) }),
  'returns a thenable that throws': () => ({ then() { throw secret() } }),
  'returns what throws when it is asked for `then`': () => Object.defineProperty({}, 'then', { get() { throw secret() } }),
}
const connectionEvents = ['open', 'message', 'ping', 'pong', 'frame'] as const

describe.each(Object.entries(failures))('a handler that %s', (_how, fail) => {
  test.each(connectionEvents)('%s: 1011 without its text, one error event, the others live', async (event) => {
    const { endpoint, port, opened, errors, closeEvent } = await serve({ deliver: { pong: true } })
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const bystander = await dial(port)
    await until(() => opened.length === 1)
    endpoint.on(event, fail as () => never)
    const peer = await dial(port)
    peer.send('x', new Frame({ opcode: Opcode.Ping }), new Frame({ opcode: Opcode.Pong }))
    expect(await peer.closeFrame()).toMatchObject({ code: 1011, reason: '' })
    expect(await closeEvent()).toMatchObject({ code: 1011, clean: false })
    expect(errors.length).toBe(1)
    expect(errors[0]!.connection).toBe(opened[1] ?? errors[0]!.connection)
    expect(errors[0]!.connection).toBeDefined()
    endpoint.off(event, fail as () => never)
    bystander.send('still here')
    await bystander.frame(0)
  })

  test('close: reported with its connection, and the end is not held up', async () => {
    const { endpoint, port, errors, opened } = await serve()
    endpoint.on('close', fail)
    const peer = await dial(port)
    await until(() => opened.length === 1)
    peer.reset()
    await until(() => errors.length === 1)
    expect(errors[0]!.connection).toBe(opened[0])
    await endpoint.close()
  })

  test('refused: reported without a connection, and the answer stays what it was', async () => {
    const { endpoint, port, errors } = await serve({ upgrade: (handshake) => handshake.reject(401) })
    endpoint.on('refused', fail)
    const peer = await (await request(port)).refused()
    expect(peer.status).toBe(401)
    await until(() => errors.length === 1)
    expect(errors[0]!.connection).toBeUndefined()
  })

  test('request: 500 without its text, reported once', async () => {
    const errors: unknown[] = []
    const endpoint = new WebSocketEndpoint({ runtime: new Runtime() }).on('request', fail).on('error', (error) => { errors.push(error) })
    onTestFinished(() => endpoint.close())
    const { port } = await endpoint.listen(0, '127.0.0.1')
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect([response.status, await response.text()]).toEqual([500, ''])
    expect(errors.length).toBe(1)
  })

  test('the upgrade hook: 500 without its text, reported once; a refusal is not lost', async () => {
    const { port, errors, refusals, endpoint } = await serve({ upgrade: fail as () => never })
    const peer = await (await request(port)).refused()
    expect([peer.status, peer.body]).toEqual([500, ''])
    expect(errors.length).toBe(1)
    expect(refusals).toMatchObject([{ status: 500 }])
    expect(endpoint.stats().pendingHandshakes).toBe(0)
  })

  test('error: both go to stderr', async () => {
    const printed = stderr()
    const { endpoint, port } = await serve()
    endpoint.on('error', fail).on('message', () => { throw new Error('first') })
    const peer = await dial(port)
    peer.send('x')
    expect(await peer.closeFrame()).toMatchObject({ code: 1011 })
    await until(() => printed.length === 2)
    expect(printed[0]).toContain('Error: first')
    expect(printed[1]).toContain(`unhandled error in WebSocket endpoint 'default', connection `)
  })

  test('a layer on top that reports an error closes nothing', async () => {
    const { endpoint, port, connection, errors } = await serve()
    endpoint.on('message', async (connection) => {
      try {
        await fail()
      } catch (error) {
        endpoint.reportError(error, connection)
      }
    })
    const peer = await dial(port)
    peer.send('x')
    await until(() => errors.length === 1)
    expect((await connection()).isEstablished).toBe(true)
  })
})

describe('a handler that never settles', () => {
  const never = (): Promise<never> => new Promise(() => {})

  test.each([...connectionEvents, 'close'] as const)('%s: nobody else waits for it, and at the deadline of close() all is over', async (event) => {
    const { endpoint, port, opened, clock } = await serve({ deliver: { pong: true } })
    endpoint.on('message', (connection, message) => { connection.send(message) })
    endpoint.on(event, never)
    const peer = await dial(port)
    peer.send('x', new Frame({ opcode: Opcode.Ping }), new Frame({ opcode: Opcode.Pong }))
    if (event === 'close') peer.reset()
    await until(() => opened.length === 1)
    endpoint.off(event, never)
    const bystander = await dial(port)
    bystander.send('I am served')
    await bystander.frame(0)
    bystander.reset()
    const closing = endpoint.close({ deadline: 1_000 })
    await turns()
    clock.advance(1_200)
    await closing
    await until(() => endpoint.connections.size === 0)
  })

  test.each(['refused', 'error'] as const)('%s: holds up nothing', async (event) => {
    const { endpoint, port, errors } = await serve()
    endpoint.on(event, never).on('message', () => { throw new Error('mine') })
    expect((await (await request(port, { headers: ['Origin: http://evil.example'] })).refused()).status).toBe(403)
    const peer = await dial(port)
    peer.send('x')
    await peer.closeFrame()
    peer.sendClose()
    await endpoint.close()
    expect(errors.length).toBe(1)
  })
})

test('a handler that fails after its connection has gone is heard of, with the connection', async () => {
  const { endpoint, port, connection, errors, closed } = await serve()
  const late = gate()
  endpoint.on('message', () => late.promise)
  const peer = await dial(port)
  peer.send('x')
  const held = await connection()
  await turns()
  held.terminate()
  await until(() => endpoint.connections.size === 0)
  late.fail(new Error('too late'))
  await until(() => closed.length === 1)
  expect(errors).toMatchObject([{ error: { message: 'too late' }, connection: held }])
  expect(closed[0]).toMatchObject({ code: 1006, initiator: 'local' })
})

test('if nobody listens for errors, the stack goes to stderr each time, rate-limited', async () => {
  const printed = stderr()
  const endpoint = new WebSocketEndpoint({ name: 'chat', runtime: new Runtime() }).on('message', () => { throw new Error('mine') })
  const server = (await import('node:http')).createServer()
  endpoint.attach(server)
  const port = await listen(server)
  for (let i = 0; i < 13; i++) {
    const peer = await dial(port)
    peer.send('x')
    await peer.closeFrame()
  }
  expect(printed.length).toBe(10)
  expect(printed[0]).toMatch(/'chat', connection [\w-]+\.[\w-]+.*Error: mine\n +at /)
  await endpoint.close({ deadline: 1 })
  server.close()
})

test('send after close: a result that says so, never a throw; invalid arguments throw', async () => {
  const { port, connection, closed } = await serve()
  const peer = await dial(port)
  const held = await connection()
  held.close()
  expect(held.send('x')).toBe(false)
  peer.sendClose()
  await until(() => closed.length === 1)
  expect([held.send('x'), held.ping(), held.pong(), held.close(), await held.sendStream(['x'])]).toEqual([false, false, false, false, false])
  expect(() => held.send(1 as never)).toThrow()
  expect(() => held.close(1)).toThrow()
  held.terminate()
  await held.drained()
})

describe('close, terminate and send are safe inside any handler', () => {
  const actions: Record<string, (connection: Connection<undefined>) => void> = {
    close: (connection) => { connection.close(4000) },
    terminate: (connection) => { connection.terminate() },
    'send and close': (connection) => { connection.send('x'); connection.close(); connection.send('late') },
    'everything at once': (connection) => { connection.close(); connection.terminate(); connection.pause(); connection.resume(); connection.send('x'); connection.subscribe('t') },
  }
  for (const [name, act] of Object.entries(actions)) {
    test.each([...connectionEvents, 'close', 'error'] as const)(`${name} inside %s`, async (event) => {
      const { endpoint, port, closed } = await serve({ deliver: { pong: true } })
      if (event === 'error') {
        endpoint.on('message', () => { throw new Error('mine') })
        endpoint.on('error', (_error, connection) => { if (connection !== undefined) act(connection) })
      } else {
        endpoint.on('message', () => {})
        endpoint.on(event, (connection: Connection<undefined>) => { act(connection) })
      }
      const peer = await request(port)
      peer.send(new Frame({ opcode: Opcode.Ping }), new Frame({ opcode: Opcode.Pong }), 'x')
      await turns(2)
      peer.sendClose()
      await until(() => closed.length === 1)
      expect(endpoint.connections.size).toBe(0)
      expect(endpoint.stats().topics).toBe(0)
    })
  }

  test('inside iteration of a topic, of all connections, and inside the filter of a broadcast', async () => {
    const { endpoint, port, opened, closed } = await serve()
    const peers = await Promise.all(Array.from({ length: 9 }, () => dial(port)))
    await until(() => opened.length === 9)
    for (const connection of opened) connection.subscribe('t')
    let round = 0
    for (const connection of endpoint.topic('t')) {
      if (round++ % 3 === 0) connection.terminate()
      else if (round % 3 === 0) connection.unsubscribe('t')
      else connection.close()
    }
    expect(round).toBe(9)
    expect(endpoint.broadcast('x', { filter: () => { opened[8]!.terminate(); return true } })).toBe(2)
    for (const peer of peers) peer.sendClose()
    await until(() => closed.length === 9)
    expect(endpoint.stats()).toMatchObject({ connections: 0, topics: 0 })
  })
})

test('shutdown while messages are in flight: what was accepted is sent before the Close frame', async () => {
  const { endpoint, port, connection } = await serve()
  const peer = await dial(port)
  const held = await connection()
  for (let i = 0; i < 300; i++) held.send(Buffer.alloc(10_000, i))
  const closing = endpoint.close()
  await peer.closeFrame()
  peer.sendClose(1001)
  await closing
  expect(peer.frames.length).toBe(301)
  expect(peer.frames.at(-1)!.opcode).toBe(Opcode.Close)
  expect(peer.frames.slice(0, 300).every(({ payload }, i) => payload[0] === i % 256 && payload.length === 10_000)).toBe(true)
})
