// The time that a peer has to authenticate after its 101.
import { describe, expect, test } from 'vitest'
import { type Bench, bench, receive } from '../support/bench.js'
import { turns } from '../support/wait.js'
import { Opcode } from '../../src/protocol/index.js'

const start = (options: object = {}): Bench => bench({ authenticateWithin: 5_000, ...options }).on('message', () => {}).start()
const inHost = ({ host, connection }: Bench): boolean => host.connections.has(connection.id)

describe('in time', () => {
  test('it counts from then on, with its data, in the topics that it subscribed to meanwhile', () => {
    const b = start()
    b.connection.subscribe('news').subscribe('old').unsubscribe('old')
    expect([inHost(b), b.connection.isAuthenticated, b.host.unauthenticated, b.host.topics.size]).toEqual([false, false, 1, 0])
    expect(b.connection.authenticate({ name: 'Ada' })).toBe(true)
    expect([inHost(b), b.connection.isAuthenticated, b.host.unauthenticated]).toEqual([true, true, 0])
    expect([b.connection.data, [...b.host.topics.membersOf('news')]]).toEqual([{ name: 'Ada' }, [b.connection]])
    expect([b.host.topics.size, b.runtime.wheel.size]).toEqual([1, 0])
    b.clock.advance(1_000_000)
    expect(b.connection.isEstablished).toBe(true)
  })

  test('once: a second time changes nothing', () => {
    const b = start()
    expect([b.connection.authenticate(1), b.connection.authenticate(2), b.connection.data]).toEqual([true, false, 1])
  })
})

describe('not in time', () => {
  test('1008, and it was never there', async () => {
    const b = start()
    b.connection.subscribe('news')
    b.clock.advance(4_900)
    expect(b.connection.isEstablished).toBe(true)
    b.clock.advance(200)
    await turns()
    expect(b.stream.frames.map(({ opcode, payload }) => [opcode, payload.readUInt16BE(0)])).toEqual([[Opcode.Close, 1008]])
    expect([b.connection.authenticate({}), inHost(b)]).toEqual([false, false])
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toEqual([expect.objectContaining({ code: 1008, initiator: 'local', error: expect.objectContaining({ code: 'WS_ERR_NOT_AUTHENTICATED' }) as Error })])
    expect([b.host.unauthenticated, b.host.connections.size, b.host.topics.size, b.connection.isAuthenticated]).toEqual([0, 0, 0, false])
  })

  test.each<[string, (b: Bench) => void]>([
    ['closing', (b) => b.connection.close()], ['cut', (b) => b.connection.terminate()], ['left by its peer', (b) => b.stream.receiveEnd()],
  ])('%s: it cannot any more, and is counted no longer once it has closed', async (_name, end) => {
    const b = start()
    end(b)
    await turns()
    expect(b.connection.authenticate({})).toBe(false)
    b.connection.terminate()
    await turns()
    expect([b.host.unauthenticated, b.host.connections.size, b.runtime.wheel.size, b.closed.length]).toEqual([0, 0, 0, 1])
  })
})

test('one that has authenticated leaves its topics and the connections as every other one', async () => {
  const b = start()
  b.connection.subscribe('news').authenticate({})
  b.connection.terminate()
  await turns()
  expect([b.host.unauthenticated, b.host.connections.size, b.host.topics.size]).toEqual([0, 0, 0])
})

test('where nobody has to, everybody is, and to do so is a usage error', () => {
  const b = bench().start()
  receive(b)
  expect([b.connection.isAuthenticated, inHost(b)]).toEqual([true, true])
  expect(() => b.connection.authenticate(undefined)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_NO_AUTHENTICATION' }))
})
