// A peer that does not read: at most one write is outstanding, the rest waits here, whole frames in memory of their own,
// up to a limit.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { Bench, bench, receive } from '../support/bench.js'
import { FakeSocket } from '../support/fake-socket.js'
import { turns } from '../support/wait.js'

const ping = (payload: string): Frame => new Frame({ opcode: Opcode.Ping, payload })
const MIB = 1_024 * 1_024

/** A connection whose first write hangs. */
async function blocked(options: ConstructorParameters<typeof Bench>[1] = {}): Promise<Bench> {
  const b = bench(options).on('message', () => {}).start()
  b.stream.isStalled = true
  b.connection.send('first')
  await turns(2)
  return b
}

describe('while a write is outstanding', () => {
  test('nothing more is handed to the stream', async () => {
    const b = await blocked()
    for (let i = 0; i < 100; i++) b.connection.send(Buffer.alloc(2_000))
    await turns()
    expect(b.stream.writes.length).toBe(1)
    expect(b.stream.writableLength).toBe(7)
    expect(b.connection.bufferedAmount).toBe(7 + 100 * 2_004)
  })

  test('frames wait in memory of their own', async () => {
    const b = await blocked()
    b.connection.send('second')
    const large = Buffer.alloc(10_000, 'x')
    b.connection.send(large)
    large.fill('!')
    b.stream.release()
    await turns()
    expect(b.stream.frames.map(({ payload }) => payload.toString('latin1', 0, 6))).toEqual(['first', 'second', 'xxxxxx'])
    const slab = b.runtime.replySlab.reserve(0).bytes.buffer
    expect(b.stream.parts.slice(1).map((part) => part.buffer === slab)).toEqual([false, false])
  })

  test('a broadcast waits in one copy for all that are blocked', async () => {
    const first = await blocked()
    const second = new Bench(new FakeSocket(), {}, first).start()
    second.stream.isStalled = true
    second.connection.send('first')
    await turns()
    const message = new SharedMessage(first.runtime, 'to all')
    for (const { connection } of [first, second]) connection.sendShared(message)
    for (const { stream } of [first, second]) stream.release()
    await turns()
    expect(first.stream.parts[1]).toBe(second.stream.parts[1])
    expect(first.stream.parts[1]!.buffer).not.toBe(first.runtime.broadcastSlab.reserve(0).bytes.buffer)
    expect(second.stream.frames.map(({ payload }) => payload.toString())).toEqual(['first', 'to all'])
  })

  test('the backlog goes out in moderate writes, one after the other', async () => {
    const b = await blocked()
    for (let i = 0; i < 200; i++) b.connection.send(Buffer.alloc(2_000, i))
    for (let i = 0; i < 8; i++) {
      b.stream.releaseOne()
      await turns(1)
    }
    expect(b.stream.writes.length).toBeGreaterThan(2)
    for (const write of b.stream.writes) expect(write.length).toBeLessThan(64 * 1_024 + 2_004)
    b.stream.release()
    await turns()
    expect(b.stream.frames.length).toBe(201)
    expect(b.stream.frames.map(({ payload }) => payload[0]).slice(1)).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })

  test('drained() waits for the kernel to have everything', async () => {
    const b = await blocked()
    let isDrained = false
    const drained = b.connection.drained().then(() => { isDrained = true })
    b.connection.send('second')
    b.stream.releaseOne()
    await turns()
    expect(isDrained).toBe(false)
    b.stream.release()
    await drained
    expect(b.connection.bufferedAmount).toBe(0)
    await b.connection.drained()
  })

  test('drained() also ends when the connection does', async () => {
    const b = await blocked()
    const drained = b.connection.drained()
    b.connection.terminate()
    await drained
    await b.connection.drained()
  })

  test('a socket that breaks drops what waits, and counts it', async () => {
    const b = await blocked()
    b.connection.send(Buffer.alloc(1_000))
    b.stream.destroy(new Error('ECONNRESET'))
    await turns()
    expect(b.host.counters.bytesDropped).toBe(1_004)
    expect(b.connection.bufferedAmount).toBe(0)
    expect(b.closed).toMatchObject([{ code: 1006, initiator: 'peer', error: { message: 'ECONNRESET' } }])
  })
})

describe('Pings to a peer that does not read', () => {
  test('leave one pending Pong: the newest', async () => {
    const b = await blocked()
    for (let i = 0; i < 1_000; i++) receive(b, ping(String(i)))
    await turns()
    expect(b.connection.bufferedAmount).toBe(7)
    b.stream.release()
    await turns()
    expect(b.stream.frames.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual([[Opcode.Text, 'first'], [Opcode.Pong, '999']])
  })

  test('the Pong does not wait behind the backlog, nor follow a Close', async () => {
    const b = await blocked()
    b.connection.send('second')
    receive(b, ping('p'))
    await turns()
    b.connection.close()
    b.stream.release()
    await turns()
    expect(b.stream.frames.map(({ opcode }) => opcode)).toEqual([Opcode.Text, Opcode.Pong, Opcode.Text, Opcode.Close])
  })

  test('nothing is written after the end', async () => {
    const b = await blocked()
    receive(b, ping('p'))
    await turns()
    b.connection.close()
    receive(b, ping('p'), new Frame({ opcode: Opcode.Continuation, payload: 'stray' }))
    await turns()
    b.stream.release()
    await turns()
    expect(b.stream.errored).toBe(null)
    expect(b.stream.frames.at(-1)!.opcode).toBe(Opcode.Close)
    expect(b.stream.hasEnded).toBe(true)
  })
})

describe('the limit', () => {
  test('is 16 MiB; beyond it the connection closes with 1013, and says why', async () => {
    const b = await blocked()
    for (let i = 0; i < 15; i++) expect(b.connection.send(Buffer.alloc(MIB))).toBe(true)
    expect(b.connection.isEstablished).toBe(true)
    expect(b.connection.send(Buffer.alloc(MIB))).toBe(false)
    expect(b.connection.readyState).toBe(2)
    expect(b.connection.send('x')).toBe(false)
    expect(b.host.counters).toMatchObject({ sendsRefused: 2, bytesDropped: 15 * (MIB + 10) })
    b.stream.release()
    await turns()
    expect(b.stream.frames.map(({ payload }) => payload.toString())).toMatchObject(['first', expect.stringContaining('too slow')])
    expect(b.stream.frames[1]).toMatchObject({ code: 1013 })
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toMatchObject([{ code: 1013, clean: false, initiator: 'local', error: { code: 'WS_ERR_SLOW_CONSUMER' } }])
  })

  test('counts a broadcast, and a peer that never reads is cut after a second', async () => {
    const b = await blocked({ maxBufferedAmount: 1_000 })
    const message = new SharedMessage(b.runtime, 'x'.repeat(600))
    expect(b.connection.sendShared(message)).toBe(true)
    expect(b.connection.sendShared(message)).toBe(false)
    b.clock.advance(1_200)
    await turns()
    expect(b.stream.destroyed).toBe(true)
    expect(b.closed).toMatchObject([{ code: 1013 }])
  })
})

describe('the Close of a peer that does not read', () => {
  test('drops what is unsent, in whole frames, and counts it', async () => {
    const b = bench().on('message', () => {}).start()
    b.stream.isStalled = true
    b.connection.send(Buffer.alloc(20_000, 'a'))
    b.connection.send(Buffer.alloc(20_000, 'b'))
    await turns()
    b.connection.send(Buffer.alloc(20_000, 'c'))
    b.connection.send('d')
    receive(b, new CloseFrame(1000))
    await turns()
    expect(b.host.counters.bytesDropped).toBe(20_004 + 3)
    b.stream.release()
    b.stream.receiveEnd()
    await turns()
    expect(b.stream.frames.map(({ payload }) => payload.toString('latin1', 0, 1))).toEqual(['a', 'b', '\x03'])
    expect(b.closed).toMatchObject([{ code: 1000, clean: true, initiator: 'peer' }])
  })

  test('answers with a Close also when ours waited unsent', async () => {
    const b = await blocked()
    b.connection.send('second')
    b.connection.close(4000, 'ours')
    receive(b, new CloseFrame(4001))
    await turns()
    b.stream.release()
    b.stream.receiveEnd()
    await turns()
    expect(b.stream.frames.map(({ payload }) => payload.toString('hex'))).toEqual([Buffer.from('first').toString('hex'), '0fa1'])
    expect(b.closed).toMatchObject([{ code: 4001, initiator: 'local', clean: true }])
  })

  test('is not clean when our answer never left', async () => {
    const b = await blocked()
    receive(b, new CloseFrame(1000))
    await turns()
    b.clock.advance(10_200)
    await turns()
    expect(b.stream.destroyed).toBe(true)
    expect(b.closed).toMatchObject([{ code: 1000, clean: false, initiator: 'peer', error: { code: 'WS_ERR_CLOSE_TIMEOUT' } }])
  })
})
