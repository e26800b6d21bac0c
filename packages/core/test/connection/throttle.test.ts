// A rate limit: what comes faster waits unread, or ends the connection.
import { describe, expect, test } from 'vitest'
import type { RateLimit } from '../../src/connection/rate-limit.js'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { type Bench, bench, receive } from '../support/bench.js'
import { turns } from '../support/wait.js'

const ping = new Frame({ opcode: Opcode.Ping, payload: '' })

function start(rateLimit: RateLimit): Bench & { seen: string[] } {
  const seen: string[] = []
  return Object.assign(bench({ rateLimit }).on('message', (_connection, message) => { seen.push(String(message)) }).start(), { seen })
}

async function pass(b: Bench, ms: number): Promise<void> {
  b.clock.advance(ms)
  await turns(1)
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i))
const closeOf = (b: Bench): Frame | undefined => b.stream.frames.find(({ opcode }) => opcode === Opcode.Close)

describe('pause', () => {
  test('messages above the burst wait unread, in order, none is lost, and the rate is kept', async () => {
    const b = start({ messages: 10, burst: 500 })
    receive(b, ...numbered(25))
    await turns()
    expect([b.seen.length, b.stream.isPaused(), b.wire.isReading]).toEqual([5, true, false])
    await pass(b, 1_000)
    expect(b.seen.length).toBeGreaterThanOrEqual(14)
    expect(b.seen.length).toBeLessThanOrEqual(15)
    await pass(b, 5_000)
    expect(b.seen).toEqual(numbered(25))
    expect([b.wire.isReading, b.connection.isEstablished, b.connection.isPaused]).toEqual([true, true, false])
  })

  test('control frames count: a flood of Pings is slowed down', async () => {
    const b = start({ messages: 10 })
    receive(b, ...Array.from({ length: 50 }, () => ping))
    await turns()
    expect([b.stream.frames.length, b.wire.isReading]).toEqual([10, false])
    await pass(b, 5_000)
    expect(b.stream.frames).toHaveLength(50)
  })

  test('bytes: what has come in one chunk is paid for before anything of it is taken', async () => {
    const b = start({ bytes: 1_000 })
    receive(b, 'x'.repeat(4_500))
    await turns()
    expect([b.seen.length, b.wire.isReading]).toEqual([0, false])
    await pass(b, 3_300)
    expect(b.seen.length).toBe(0)
    await pass(b, 400)
    expect([b.seen.length, b.wire.isReading]).toEqual([1, true])
  })

  test('a pause of the application and one of the rate hold side by side', async () => {
    const b = start({ messages: 1 })
    receive(b, 'a', 'b')
    await turns()
    b.connection.pause()
    await pass(b, 5_000)
    expect(b.seen).toEqual(['a'])
    b.connection.resume()
    await turns()
    expect(b.seen).toEqual(['a', 'b'])
    expect(b.wire.isReading).toBe(false)
    await pass(b, 5_000)
    expect(b.wire.isReading).toBe(true)
  })

  test('silence while we do not read is not the peer\'s: the heartbeat waits', async () => {
    const b = bench({ rateLimit: { bytes: 1 }, heartbeat: { interval: 1_000, timeout: 1_000 } }).on('message', () => {}).start()
    receive(b, 'x'.repeat(100))
    await turns()
    await pass(b, 50_000)
    expect(b.connection.isEstablished).toBe(true)
  })

  test('once we close, nothing is held up: the answer to our Close is seen at once', async () => {
    const b = start({ messages: 1 })
    receive(b, 'a', 'b', new CloseFrame(1000, ''))
    await turns()
    b.connection.close(1000)
    await turns()
    expect([b.seen, b.wire.life]).toEqual([['a', 'b'], expect.objectContaining({ by: 'handshake', initiator: 'local' })])
    b.stream.receiveEnd()
    await turns()
    expect([b.connection.readyState, b.runtime.wheel.size]).toEqual([3, 0])
  })

  test('FIN behind messages that wait: they are not lost', async () => {
    const b = start({ messages: 1 })
    receive(b, 'a', 'b')
    b.stream.receiveEnd()
    await turns()
    expect([b.seen, b.closed]).toEqual([['a'], []])
    await pass(b, 2_000)
    await turns()
    expect(b.seen).toEqual(['a', 'b'])
    expect(b.closed).toHaveLength(1)
  })
})

describe('close', () => {
  test.each<[string, RateLimit, (Frame | string)[]]>([
    ['messages', { messages: 3 }, numbered(4)], ['Pings', { messages: 3 }, [ping, ping, ping, ping]], ['bytes', { bytes: 100 }, ['x'.repeat(101)]],
  ])('%s: one too many is 1008, and not delivered', async (_name, rate, data) => {
    const b = start({ ...rate, policy: 'close' })
    receive(b, ...data)
    await turns()
    expect(closeOf(b)?.payload.readUInt16BE(0)).toBe(1008)
    expect(b.seen.length).toBe(data.length === 4 && data[0] !== ping ? 3 : 0)
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toEqual([expect.objectContaining({ code: 1008, error: expect.objectContaining({ code: 'WS_ERR_RATE_LIMIT' }) as Error })])
  })

  test('who keeps to the rate stays, for as long as it likes', async () => {
    const b = start({ messages: 5, burst: 1_000, policy: 'close' })
    for (let i = 0; i < 100; i++) {
      receive(b, String(i))
      await pass(b, 200)
    }
    expect([b.seen, b.connection.isEstablished]).toEqual([numbered(100), true])
  })

  test.each<RateLimit>([{ messages: 1 }, { bytes: 1 }])('what comes after our Close is not counted (%j)', async (rate) => {
    const b = start({ ...rate, policy: 'close' })
    b.connection.close(1000)
    receive(b, 'a', 'b', new CloseFrame(1000, ''))
    b.stream.receiveEnd()
    await turns()
    expect([b.seen, b.closed]).toEqual([['a', 'b'], [expect.objectContaining({ code: 1000, clean: true })]])
  })
})

test('without a rate limit there is no throttle', () => {
  expect(bench().wire.throttle).toBe(undefined)
})
