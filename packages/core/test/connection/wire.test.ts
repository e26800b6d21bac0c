// Handlers run in the async context of the upgrade, whatever made them run: bytes of the socket, a timer, or somebody
// else's call.
import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { bench, receive } from '../support/bench.js'
import { gate, turns } from '../support/wait.js'

const storage = new AsyncLocalStorage<string>()

function watched() {
  const seen: string[] = []
  const note = (event: string): void => { seen.push(`${event}: ${storage.getStore()}`) }
  const b = storage.run('upgrade', () => bench({ deliver: { ping: true } })
    .on('open', () => { note('open') })
    .on('message', (_connection, message) => { note(String(message)); if (message === 'fail') throw new Error('mine') })
    .on('ping', () => { note('ping') }).on('frame', () => { note('frame') })
    .on('close', () => { note('close') }).on('error', () => { note('error') }))
  return { b, seen }
}

test('all events of the wire', async () => {
  const { b, seen } = watched()
  storage.run('elsewhere', () => {
    b.start()
    receive(b, 'a', new Frame({ opcode: Opcode.Ping }), 'fail')
    b.stream.receiveEnd()
  })
  await turns()
  expect(seen).toEqual(['open', 'a', 'frame', 'ping', 'fail', 'error', 'close'].map((event) => `${event}: upgrade`))
})

test('messages that another context lets in by resume() or close()', async () => {
  for (const how of ['resume', 'close'] as const) {
    const { b, seen } = watched()
    b.on('message', (connection, message) => { if (message === 'a') connection.pause() }).start()
    receive(b, 'a', 'b')
    await turns()
    expect(seen).toEqual(['open: upgrade', 'a: upgrade'])
    storage.run('an HTTP request', () => b.connection[how]())
    await turns()
    expect(seen).toEqual(['open', 'a', 'b'].map((event) => `${event}: upgrade`))
  }
})

test('messages that follow when a handler has settled', async () => {
  const seen: unknown[] = []
  const first = gate()
  const b = storage.run('upgrade', () => bench()).on('message', async () => { await first.promise; seen.push(storage.getStore()) }).start()
  receive(b, 'a', 'b', 'c')
  await turns()
  storage.run('elsewhere', () => { first.open() })
  await turns()
  expect(seen).toEqual(['upgrade', 'upgrade', 'upgrade'])
})

test('the close event of a deadline', async () => {
  const { b, seen } = watched()
  b.start().connection.close()
  storage.run('a timer', () => { b.clock.advance(10_200) })
  await turns()
  expect(seen.at(-1)).toBe('close: upgrade')
})

test('what waits for drained() keeps its own', async () => {
  const { b } = watched()
  b.start()
  let seen: string | undefined
  b.connection.send('x')
  await storage.run('mine', async () => {
    await b.connection.drained()
    seen = storage.getStore()
  })
  expect(seen).toBe('mine')
  receive(b, new CloseFrame(1000))
})
