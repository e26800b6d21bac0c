// The heartbeat (FEATURES A23): a Ping after silence, dead when nothing comes back; nobody is judged for what is our doing.
import { describe, expect, test } from 'vitest'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { type Bench, bench, receive } from '../support/bench.js'
import { turns } from '../support/wait.js'

const HEARTBEAT = { interval: 25_000, timeout: 20_000 }
const pings = (b: Bench): number => b.stream.frames.filter(({ opcode }) => opcode === Opcode.Ping).length
const pong = new Frame({ opcode: Opcode.Pong })

async function pass(b: Bench, ms: number): Promise<void> {
  b.clock.advance(ms)
  await turns()
}

const start = (options: object = {}): Bench => bench({ heartbeat: HEARTBEAT, ...options }).on('message', () => {}).start()

describe('a silent peer', () => {
  test('gets a Ping between 20 and 25 s after it connected, and one only', async () => {
    const b = start()
    await pass(b, 19_900)
    expect(pings(b)).toBe(0)
    await pass(b, 5_300)
    expect(pings(b)).toBe(1)
    await pass(b, 14_000)
    expect(pings(b)).toBe(1)
    expect(b.connection.isEstablished).toBe(true)
  })

  test('is dead 20 s after the Ping: cut, 1006, with the reason', async () => {
    const b = start()
    await pass(b, 25_300)
    await pass(b, 20_300)
    expect(b.stream.destroyed).toBe(true)
    expect(b.closed).toMatchObject([{ code: 1006, clean: false, initiator: 'local', error: { code: 'WS_ERR_HEARTBEAT' } }])
    expect(b.runtime.wheel.size).toBe(0)
  })

  test('that answers lives on, and gets the next Ping after another interval', async () => {
    const b = start()
    for (let round = 1; round <= 5; round++) {
      await pass(b, 25_300)
      expect(pings(b)).toBe(round)
      receive(b, pong)
      await turns()
    }
    await pass(b, 19_000)
    expect(b.connection.isEstablished).toBe(true)
  })

  test('gets its Pings at the interval also where an answer may take longer than that', async () => {
    const b = start({ heartbeat: { interval: 1_000, timeout: 60_000 } })
    for (let at = 0; at < 10_000; at += 100) {
      const before = pings(b)
      await pass(b, 100)
      if (pings(b) > before) receive(b, pong)
    }
    expect(pings(b)).toBeGreaterThanOrEqual(8)
    await pass(b, 59_000)
    expect(b.connection.isEstablished).toBe(true)
    await pass(b, 3_000)
    expect(b.closed).toMatchObject([{ error: { code: 'WS_ERR_HEARTBEAT' } }])
  })

  test('that answers in the very millisecond of the Ping lives on', async () => {
    const b = start()
    b.on('ping', () => {})
    let count = 0
    while (pings(b) === 0) { await pass(b, 100); count++ }
    expect(count).toBeLessThan(260)
    receive(b, pong)
    await turns()
    await pass(b, 24_000)
    expect(b.connection.isEstablished).toBe(true)
  })

  test('the options set other times; false switches it off', async () => {
    const quick = start({ heartbeat: { interval: 1_000, timeout: 500 } })
    await pass(quick, 1_200)
    expect(pings(quick)).toBe(1)
    await pass(quick, 700)
    expect(quick.stream.destroyed).toBe(true)
    const off = start({ heartbeat: false })
    expect(off.runtime.wheel.size).toBe(0)
    await pass(off, 10_000_000)
    expect(pings(off)).toBe(0)
    expect(off.connection.isEstablished).toBe(true)
  })
})

describe('any received byte counts as life', () => {
  test('half a frame keeps the Ping away', async () => {
    const b = start({ messageTimeout: Infinity })
    for (let i = 0; i < 10; i++) {
      await pass(b, 15_000)
      b.stream.receive(Buffer.from([[0x82, 0xfe, 1][i] ?? 0]))
      await turns()
    }
    expect(pings(b)).toBe(0)
    expect(b.connection.isEstablished).toBe(true)
  })

  test('also between Ping and judgement', async () => {
    const b = start()
    await pass(b, 25_300)
    receive(b, 'not a pong')
    await pass(b, 20_300)
    expect(b.connection.isEstablished).toBe(true)
  })
})

describe('nobody is judged', () => {
  test('while we do not read', async () => {
    const b = start()
    await pass(b, 25_300)
    b.connection.pause()
    await pass(b, 300_000)
    expect(b.connection.isEstablished).toBe(true)
    b.connection.resume()
    await pass(b, 25_300)
    expect(pings(b)).toBeGreaterThan(1)
    expect(b.connection.isEstablished).toBe(true)
    await pass(b, 20_300)
    expect(b.stream.destroyed).toBe(true)
  })

  test('for a pause between the Ping and the moment of judgement', async () => {
    const b = start()
    while (pings(b) === 0) await pass(b, 100)
    b.connection.pause()
    await pass(b, 19_800)
    b.connection.resume()
    await pass(b, 1_000)
    expect(b.connection.isEstablished).toBe(true)
    await pass(b, 20_300)
    expect(b.stream.destroyed).toBe(true)
  })

  test('while a handler holds reading up', async () => {
    const b = bench({ heartbeat: HEARTBEAT }).on('message', () => new Promise(() => {})).start()
    receive(b, ...Array.from({ length: 30 }, () => 'x'))
    await turns()
    await pass(b, 300_000)
    expect(b.connection.isEstablished).toBe(true)
  })

  test('by a tick that comes more than 5 s late', async () => {
    const b = start()
    await pass(b, 25_300)
    b.clock.jump(25_000)
    await turns()
    expect(b.connection.isEstablished).toBe(true)
    await pass(b, 25_300)
    await pass(b, 20_300)
    expect(b.stream.destroyed).toBe(true)
  })

  test('by a tick that comes later than half of the time for the answer', async () => {
    const b = start({ heartbeat: { interval: 1_000, timeout: 1_000 } })
    await pass(b, 1_200)
    expect(pings(b)).toBe(1)
    b.clock.jump(2_000)
    await turns()
    expect(b.connection.isEstablished).toBe(true)
  })

  test('that is protected', async () => {
    const b = start()
    b.connection.protect()
    await pass(b, 300_000)
    expect(pings(b)).toBe(0)
    expect(b.connection.isEstablished).toBe(true)
    b.connection.protect(false)
    await pass(b, 50_600)
    expect(b.stream.destroyed).toBe(true)
  })
})

test('while it closes, the deadline of closing is the only one', async () => {
  const b = start({ closeTimeout: 100_000 })
  await pass(b, 25_300)
  b.connection.close()
  await pass(b, 90_000)
  expect(b.stream.destroyed).toBe(false)
  await pass(b, 10_200)
  expect(b.stream.destroyed).toBe(true)
})

test('a blocked peer that sends nothing is found all the same', async () => {
  const b = start()
  b.stream.isStalled = true
  b.connection.send('x')
  await pass(b, 25_300)
  await pass(b, 20_300)
  expect(b.closed).toMatchObject([{ error: { code: 'WS_ERR_HEARTBEAT' } }])
})
