// A message that has begun and not ended: its deadline, and its share of the process's memory.
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { Bench, type BenchOptions, bench } from '../support/bench.js'
import { deflated } from '../support/deflate-peer.js'
import { FakeSocket } from '../support/fake-socket.js'
import { masked } from '../support/raw-peer.js'
import { noise } from '../support/samples.js'
import { turns } from '../support/wait.js'

const KIB = 1024
const text = (): Buffer => masked('a message in pieces')
const fragment = (payload: string | Buffer, fin = false): Buffer => masked(payload, { fin })
const more = (payload: string | Buffer, fin = false): Buffer => masked(payload, { fin, opcode: Opcode.Continuation })

function start(options: BenchOptions = {}): Bench & { seen: unknown[] } {
  const seen: unknown[] = []
  return Object.assign(bench({ messageTimeout: 10_000, ...options }).on('message', (_connection, message) => { seen.push(message) }).start(), { seen })
}

async function give(b: Bench, ...chunks: Buffer[]): Promise<void> {
  for (const chunk of chunks) {
    b.stream.receive(chunk)
    await turns(1)
  }
}

/** A little later: the wheel's precision is 100 ms. */
async function pass(b: Bench, ms: number): Promise<void> {
  b.clock.advance(ms)
  await turns(1)
}

const codeOf = (b: Bench): number | undefined => b.stream.frames.find(({ opcode }) => opcode === Opcode.Close)?.payload.readUInt16BE(0)

describe('the deadline', () => {
  test.each<[string, Buffer]>([
    ['one byte of a header', text().subarray(0, 1)], ['a header', text().subarray(0, 6)], ['half a payload', text().subarray(0, 10)],
    ['a fragment', fragment('a')], ['an empty fragment', fragment('')], ['half a Ping', masked(new Frame({ opcode: Opcode.Ping, payload: 'abc' })).subarray(0, 8)],
  ])('%s, and nothing more: 1008 after messageTimeout', async (_name, bytes) => {
    const b = start()
    await give(b, bytes)
    await pass(b, 9_900)
    expect(b.connection.isEstablished).toBe(true)
    await pass(b, 300)
    expect(codeOf(b)).toBe(1008)
    expect(b.connection.isEstablished).toBe(false)
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toEqual([expect.objectContaining({ code: 1008, clean: false, initiator: 'local', error: expect.objectContaining({ code: 'WS_ERR_MESSAGE_TIMEOUT' }) as Error })])
  })

  test('counts from the first byte, however much trickles in, Pings in between included', async () => {
    const b = start()
    await give(b, fragment('a'))
    for (let i = 0; i < 9; i++) {
      await pass(b, 1_000)
      const frame = more('b')
      await give(b, more(''), masked(new Frame({ opcode: Opcode.Ping, payload: '' })), frame.subarray(0, 3), frame.subarray(3))
    }
    expect(b.connection.isEstablished).toBe(true)
    await pass(b, 1_200)
    expect(codeOf(b)).toBe(1008)
  })

  test('each message has its own, also where the next one begins in the chunk that ends the last', async () => {
    const b = start()
    await give(b, fragment('0'))
    for (let i = 0; i < 20; i++) {
      await pass(b, 6_000)
      await give(b, Buffer.concat([more('', true), fragment(String(i))]))
    }
    expect(b.connection.isEstablished).toBe(true)
    expect(b.seen).toHaveLength(20)
  })

  test('so have Pings in pieces', async () => {
    const b = start()
    const ping = masked(new Frame({ opcode: Opcode.Ping, payload: 'abc' }))
    await give(b, Buffer.from(ping.subarray(0, 4)))
    for (let i = 0; i < 20; i++) {
      await pass(b, 6_000)
      await give(b, Buffer.concat([ping.subarray(4), ping.subarray(0, 4)]))
    }
    expect([b.connection.isEstablished, b.stream.frames.length]).toEqual([true, 20])
  })

  test('a whole message ends it', async () => {
    const b = start()
    const whole = text()
    await give(b, whole.subarray(0, 8), whole.subarray(8))
    await pass(b, 60_000)
    expect([b.seen, b.connection.isEstablished, b.runtime.wheel.size]).toEqual([['a message in pieces'], true, 0])
  })

  test('the time in which we do not read does not count', async () => {
    const b = start()
    await give(b, fragment('a'))
    await pass(b, 6_000)
    b.connection.pause()
    await pass(b, 60_000)
    expect(b.connection.isEstablished).toBe(true)
    b.connection.resume()
    await pass(b, 3_900)
    expect(b.connection.isEstablished).toBe(true)
    await pass(b, 300)
    expect(codeOf(b)).toBe(1008)
  })

  test('a process that was blocked judges nobody before it has read', async () => {
    const b = start()
    await give(b, fragment('a'))
    await pass(b, 5_000)
    b.clock.jump(60_000)
    await turns(1)
    await give(b, more('b', true))
    expect([b.connection.isEstablished, b.seen]).toEqual([true, ['ab']])
  })

  test('Infinity: none', async () => {
    const b = start({ messageTimeout: Infinity })
    await give(b, fragment('a'))
    b.connection.pause()
    b.connection.resume()
    await pass(b, 100_000_000)
    expect([b.connection.isEstablished, b.runtime.wheel.size]).toEqual([true, 0])
  })

  test('it ends with the connection', async () => {
    const b = start()
    await give(b, fragment('a'))
    b.connection.terminate()
    await turns()
    expect([b.runtime.wheel.size, b.runtime.incompleteMessages.used]).toEqual([0, 0])
  })
})

describe('the budget of the process', () => {
  test('what is held of a message is charged, and given back when it is whole', async () => {
    const b = start()
    const { incompleteMessages: budget } = b.runtime
    await give(b, fragment(noise(10 * KIB)))
    expect(budget.used).toBeGreaterThanOrEqual(10 * KIB)
    expect(budget.used).toBeLessThan(40 * KIB)
    await give(b, more(noise(100 * KIB)))
    expect(budget.used).toBeGreaterThanOrEqual(110 * KIB)
    await give(b, more('', true))
    expect([budget.used, (b.seen[0] as Buffer).length]).toEqual([0, 110 * KIB])
  })

  test('tiny and empty fragments are coalesced: 100,000 of them hold next to nothing', async () => {
    const b = start()
    const many = Buffer.concat(Array.from({ length: 1_000 }, (_, i) => more(i % 2 === 0 ? '' : 'x')))
    await give(b, fragment(''))
    for (let i = 0; i < 100; i++) await give(b, Buffer.from(many))
    expect(b.runtime.incompleteMessages.used).toBeLessThan(256 * KIB)
    await give(b, more('', true))
    expect([(b.seen[0] as string).length, b.runtime.incompleteMessages.used]).toEqual([50_000, 0])
  })

  test('who wants more than is left is failed with 1008, alone; what it held is there for others', async () => {
    const a = start({ incompleteMessageBudget: 100 * KIB })
    const b = new Bench(new FakeSocket(), {}, a as unknown as Bench<Duplex>).start()
    const { incompleteMessages: budget } = a.runtime
    await give(a, fragment(noise(20 * KIB)))
    const held = budget.used
    await give(b, fragment(noise(80 * KIB)))
    expect([codeOf(b), codeOf(a), budget.used]).toEqual([1008, undefined, held])
    b.stream.receiveEnd()
    await turns()
    expect(a.closed).toEqual([])
    expect(b.closed).toEqual([expect.objectContaining({ code: 1008, error: expect.objectContaining({ code: 'WS_ERR_INCOMPLETE_MESSAGES' }) as Error })])
    await give(a, more(noise(20 * KIB), true))
    expect([a.seen.length, budget.used]).toEqual([1, 0])
  })

  test('a message that comes whole needs none of it', async () => {
    const b = start({ incompleteMessageBudget: 1 })
    await give(b, masked(noise(100 * KIB)))
    expect([b.seen.length, b.runtime.incompleteMessages.used]).toEqual([1, 0])
  })

  test.each([['inflated as it comes', undefined], ['kept until it is whole', new ZlibPool({ budget: 0 })]] as const)('compressed: %s', async (_name, zlib) => {
    const b = start({ compression: true, ...(zlib && { zlib }) })
    const { incompleteMessages: budget } = b.runtime
    const payload = deflated(noise(200 * KIB))
    const [first, rest] = [payload.subarray(0, 100 * KIB), payload.subarray(100 * KIB)]
    await give(b, masked(new Frame({ opcode: Opcode.Binary, rsv1: true, fin: false, payload: first })))
    await turns(10)
    expect(budget.used).toBeGreaterThanOrEqual(100 * KIB)
    await give(b, more(rest, true))
    await turns(10)
    expect([(b.seen[0] as Buffer).length, budget.used]).toEqual([200 * KIB, 0])
  })

  test('compressed in fragments of one byte: they are coalesced as well', async () => {
    const b = start({ compression: true, zlib: new ZlibPool({ budget: 0 }) })
    const payload = deflated(noise(20 * KIB))
    await give(b, masked(new Frame({ opcode: Opcode.Binary, rsv1: true, fin: false, payload: payload.subarray(0, 1) })))
    const fragments = Array.from(payload.subarray(1), (byte) => more(Buffer.of(byte)))
    await give(b, Buffer.concat(fragments))
    expect(b.runtime.incompleteMessages.used).toBeLessThan(100 * KIB)
    await give(b, more('', true))
    await turns(10)
    expect([(b.seen[0] as Buffer).length, b.runtime.incompleteMessages.used]).toEqual([20 * KIB, 0])
  })
})
