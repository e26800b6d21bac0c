// What happens when a peer does not keep up (FEATURES C3): each policy, with its account of what was dropped.
import { Buffer } from 'node:buffer'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SlowConsumerDiagnostic } from '../../src/diagnostics.js'
import { WAITING_OVERHEAD } from '../../src/connection/send-limits.js'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { Opcode } from '../../src/protocol/index.js'
import { type Bench, receive } from '../support/bench.js'
import { blocked, readAll } from '../support/blocked.js'
import { gate, turns } from '../support/wait.js'
import { CloseFrame, Frame } from '../../src/protocol/index.js'

const broadcast = (b: Bench, text: string, key?: string): boolean => b.connection.sendShared(new SharedMessage(b.runtime, text, { key }))
const sendAll = (b: Bench, ...texts: string[]): boolean[] => texts.map((text) => b.connection.send(text))

describe('close', () => {
  test('also beyond a number of messages', async () => {
    const b = await blocked({ maxBufferedMessages: 2 })
    expect(sendAll(b, 'a', 'b', 'c')).toEqual([true, true, false])
    expect(b.host.counters).toMatchObject({ slowConsumersClosed: 1, messagesDropped: 2, bytesDropped: 6, sendsRefused: 1 })
    expect(b.connection).toMatchObject({ readyState: 2, bufferedAmount: 7 + 2 + 2 + 'too slow'.length })
    expect(await readAll(b)).toEqual([])
    b.stream.receiveEnd()
    await turns()
    expect(b.closed).toMatchObject([{ code: 1013, error: { code: 'WS_ERR_SLOW_CONSUMER', message: expect.stringContaining('maxBufferedMessages (2)') as string } }])
  })
})

describe('drop-newest', () => {
  test('refuses what finds no room, and the connection lives', async () => {
    const b = await blocked({ slowConsumer: 'drop-newest', maxBufferedAmount: 7 + 2 * 12 + 5 + 3 * WAITING_OVERHEAD })
    expect([b.connection.send('0123456789'), broadcast(b, '1123456789'), b.connection.send('2123456789'), broadcast(b, 'abc'), b.connection.send('x')]).toEqual([true, true, false, true, false])
    expect(b.host.counters).toMatchObject({ messagesSent: 4, sendsRefused: 2, messagesDropped: 0, bytesDropped: 0, slowConsumersClosed: 0 })
    expect(await readAll(b)).toEqual(['0123456789', '1123456789', 'abc'])
    expect([b.connection.isEstablished, b.connection.send('again')]).toEqual([true, true])
  })

  test('also beyond a number of messages, and one that is too long for any room', async () => {
    const b = await blocked({ slowConsumer: 'drop-newest', maxBufferedMessages: 2, maxBufferedAmount: 1_000 })
    expect(sendAll(b, 'a', 'x'.repeat(1_000), 'b', 'c')).toEqual([true, false, true, false])
    expect(await readAll(b)).toEqual(['a', 'b'])
    expect(b.connection.send('x'.repeat(1_001))).toBe(false)
  })
})

describe('drop-oldest', () => {
  test('the oldest make room, whole, as many as it takes', async () => {
    const b = await blocked({ slowConsumer: 'drop-oldest', maxBufferedAmount: 7 + 3 * (12 + WAITING_OVERHEAD) })
    expect(sendAll(b, '0123456789', '1123456789', '2123456789')).toEqual([true, true, true])
    expect(broadcast(b, '3'.repeat(20))).toBe(true)
    expect(b.host.counters).toMatchObject({ messagesSent: 5, messagesDropped: 2, bytesDropped: 24, sendsRefused: 0 })
    expect(b.connection.info).toMatchObject({ bufferedMessages: 2, messagesDropped: 2, bytesDropped: 24, bufferedAmount: 7 + 12 + 22 })
    expect(await readAll(b)).toEqual(['2123456789', '3'.repeat(20)])
    expect(b.connection.bufferedAmount).toBe(0)
  })

  test('and beyond a number of messages one for one', async () => {
    const b = await blocked({ slowConsumer: 'drop-oldest', maxBufferedMessages: 3 })
    for (let i = 0; i < 100; i++) b.connection.send(String(i))
    expect(b.connection.info.messagesDropped).toBe(97)
    expect(await readAll(b)).toEqual(['97', '98', '99'])
  })

  test('nothing is dropped for what would find no room all the same', async () => {
    const b = await blocked({ slowConsumer: 'drop-oldest', maxBufferedAmount: 1_000 })
    expect(sendAll(b, 'a', 'x'.repeat(994))).toEqual([true, false])
    expect(b.host.counters).toMatchObject({ messagesDropped: 0, sendsRefused: 1 })
    expect(await readAll(b)).toEqual(['a'])
  })

  test('control frames stay, and so does Close', async () => {
    const b = await blocked({ slowConsumer: 'drop-oldest', maxBufferedMessages: 1 })
    b.connection.ping('p')
    sendAll(b, 'a', 'b')
    receive(b, new Frame({ opcode: Opcode.Ping, payload: 'q' }))
    await turns()
    b.connection.close(4000)
    expect(b.connection.send('c')).toBe(false)
    b.stream.release()
    await turns()
    expect(b.stream.frames.map(({ opcode, payload }) => [opcode, payload.toString('latin1', 0, 5)])).toEqual([
      [Opcode.Text, 'first'], [Opcode.Pong, 'q'], [Opcode.Ping, 'p'], [Opcode.Text, 'b'], [Opcode.Close, '\x0f\xa0']])
  })

  test('what the application keeps changing, or sends as bytes, waits as it was', async () => {
    const b = await blocked({ slowConsumer: 'drop-oldest' })
    const large = Buffer.alloc(20_000, 'x')
    b.connection.send(large, { text: true })
    large.fill('!')
    expect(await readAll(b)).toEqual(['x'.repeat(20_000)])
  })
})

describe('messages in fragments', () => {
  test('no fragment is dropped, and none of what comes before it', async () => {
    const b = await blocked({ slowConsumer: 'drop-oldest', maxBufferedMessages: 1 })
    b.connection.send('before')
    b.connection.send('a', { fin: false })
    broadcast(b, 'dropped')
    broadcast(b, 'after')
    b.connection.send('b')
    expect(await readAll(b)).toEqual(['before', 'a', 'b', 'after'])
    expect(b.host.counters).toMatchObject({ messagesDropped: 1, messagesSent: 5 })
  })

  test('the next fragment is refused where it finds no room, and can come again', async () => {
    const b = await blocked({ slowConsumer: 'drop-newest', maxBufferedAmount: 100 + 2 * WAITING_OVERHEAD })
    expect(b.connection.send('a', { fin: false })).toBe(true)
    expect(b.connection.send('b'.repeat(200))).toBe(false)
    expect(b.connection.isEstablished).toBe(true)
    b.stream.release()
    await turns()
    expect(b.connection.send('b'.repeat(90))).toBe(true)
    expect(await readAll(b)).toEqual(['a', 'b'.repeat(90)])
  })

  test('a stream counts without what waits behind it', async () => {
    const b = await blocked({ slowConsumer: 'drop-newest', maxBufferedAmount: 100 + WAITING_OVERHEAD })
    const more = gate()
    b.stream.release()
    const sending = b.connection.sendStream((async function* () { yield 'a'.repeat(60); await more.promise; yield 'b'.repeat(60) })())
    await turns()
    expect(sendAll(b, 'c'.repeat(90), 'd'.repeat(90))).toEqual([true, false])
    more.open()
    expect(await sending).toBe(true)
    expect(await readAll(b)).toEqual(['a'.repeat(60), 'b'.repeat(60), '', 'c'.repeat(90)])
  })

  test('a stream that finds no room in the middle closes the connection: half a message cannot stay', async () => {
    const b = await blocked({ slowConsumer: 'drop-oldest', maxBufferedAmount: 100 })
    b.stream.release()
    expect(await b.connection.sendStream(['a', 'b'.repeat(101)])).toBe(false)
    expect(b.connection.readyState).toBe(2)
    expect(b.host.counters.slowConsumersClosed).toBe(1)
  })
})

describe('latest', () => {
  test('a message takes the place of the one with its key that waits, and goes to the end', async () => {
    const b = await blocked({ slowConsumer: 'latest' })
    b.connection.send('x1', { key: 'x' })
    broadcast(b, 'y1', 'y')
    b.connection.send('no key')
    broadcast(b, 'x2', 'x')
    b.connection.send('x3', { key: 'x' })
    expect(b.host.counters).toMatchObject({ messagesSent: 6, messagesDropped: 2, bytesDropped: 8 })
    expect(await readAll(b)).toEqual(['y1', 'no key', 'x3'])
  })

  test('what has left stays what it is', async () => {
    const b = await blocked({ slowConsumer: 'latest' })
    b.connection.send('x1', { key: 'x' })
    expect(await readAll(b)).toEqual(['x1'])
    b.connection.send('x2', { key: 'x' })
    expect(await readAll(b)).toEqual(['x1', 'x2'])
    expect(b.host.counters.messagesDropped).toBe(0)
  })

  test('without room the oldest without a key go, never one with a key', async () => {
    const b = await blocked({ slowConsumer: 'latest', maxBufferedMessages: 3 })
    b.connection.send('x1', { key: 'x' })
    sendAll(b, '1', '2', '3')
    expect(b.connection.send('y1', { key: 'y' })).toBe(true)
    expect(b.connection.send('z1', { key: 'z' })).toBe(true)
    expect(sendAll(b, '4')).toEqual([false])
    expect(b.connection.send('y2', { key: 'y' })).toBe(true)
    expect(await readAll(b)).toEqual(['x1', 'z1', 'y2'])
  })

  test('a longer one that finds no room leaves the one before', async () => {
    const b = await blocked({ slowConsumer: 'latest', maxBufferedAmount: 100 + WAITING_OVERHEAD })
    expect(b.connection.send('x1', { key: 'x' })).toBe(true)
    expect(b.connection.send('x'.repeat(100), { key: 'x' })).toBe(false)
    expect(b.connection.send('x'.repeat(93), { key: 'x' })).toBe(true)
    expect(await readAll(b)).toEqual(['x'.repeat(93)])
  })

  test('with other policies keys mean nothing', async () => {
    const b = await blocked({ slowConsumer: 'drop-oldest' })
    for (const text of ['x1', 'x2']) b.connection.send(text, { key: 'x' })
    expect(await readAll(b)).toEqual(['x1', 'x2'])
  })
})

describe('limitSending()', () => {
  test('gives one connection limits of its own, a part at a time', async () => {
    const b = await blocked({ maxBufferedAmount: 1_000 })
    expect(b.connection.limitSending({ slowConsumer: 'drop-oldest' })).toBe(b.connection)
    b.connection.limitSending({ maxBufferedMessages: 1 })
    expect(sendAll(b, 'a', 'b', 'x'.repeat(2_000))).toEqual([true, true, false])
    expect(b.host.settings.sendLimits.slowConsumer).toBe('close')
    expect(await readAll(b)).toEqual(['b'])
  })

  test('refuses what is out of range, and changes nothing', async () => {
    const b = await blocked({ maxBufferedAmount: 1_000 })
    expect(() => b.connection.limitSending({ highWaterMark: 2_000 })).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION' }))
    expect(b.connection.send('x'.repeat(600))).toBe(true)
  })
})

describe('water marks', () => {
  async function watched(options: Parameters<typeof blocked>[0]): Promise<{ b: Bench; log: string[] }> {
    const b = await blocked({ maxBufferedAmount: 10_000, highWaterMark: 1_000, lowWaterMark: 100, ...options })
    const log: string[] = []
    b.on('congested', (connection) => { log.push(`congested ${connection.bufferedAmount}`) })
    b.on('relieved', (connection) => { log.push(`relieved ${connection.bufferedAmount}`) })
    return { b, log }
  }

  test('once above, once below', async () => {
    const { b, log } = await watched({})
    b.connection.send(Buffer.alloc(500))
    await turns()
    expect([log, b.connection.info.isCongested, b.host.counters.congested]).toEqual([[], false, 0])
    b.connection.send(Buffer.alloc(500))
    b.connection.send(Buffer.alloc(500))
    await turns()
    expect([log, b.connection.info.isCongested, b.host.counters.congested]).toEqual([[`congested ${7 + 3 * 504}`], true, 1])
    b.stream.release()
    await turns()
    expect(log.slice(1)).toEqual(['relieved 0'])
    b.connection.send(Buffer.alloc(2_000))
    await turns()
    expect([log.length, b.host.counters.congested]).toEqual([2, 0])
  })

  test('in between nothing happens', async () => {
    const { b, log } = await watched({ maxBufferedAmount: 1_000_000, highWaterMark: 150_000, lowWaterMark: 10_000 })
    for (const size of [66_000, 66_000, 66_000, 20_000]) b.connection.send(Buffer.alloc(size))
    for (let i = 0; i < 6; i++) { b.stream.releaseOne(); await turns(1) }
    expect([log.length, b.connection.bufferedAmount < 150_000, b.connection.bufferedAmount > 10_000]).toEqual([1, true, true])
    b.stream.release()
    await turns()
    expect(log[1]).toBe('relieved 0')
  })

  test('one large message that the kernel does not take is enough', async () => {
    const { b, log } = await watched({})
    b.stream.release()
    await turns()
    b.stream.isStalled = true
    b.connection.send(Buffer.alloc(5_000))
    expect(log).toEqual([])
    await turns()
    expect(log).toEqual(['congested 5004'])
  })

  test('in the microtask after the send, and not behind a handler that waits', async () => {
    const { b, log } = await watched({})
    const end = gate()
    b.on('message', () => end.promise)
    receive(b, 'hello')
    await turns()
    b.connection.send(Buffer.alloc(2_000))
    expect(log).toEqual([])
    await Promise.resolve()
    expect(log.length).toBe(1)
    end.open()
  })

  test('a handler that fails, fails its connection', async () => {
    const { b } = await watched({})
    b.on('congested', () => Promise.reject(new Error('oops')))
    b.connection.send(Buffer.alloc(2_000))
    await turns()
    expect([b.errors, b.connection.readyState]).toMatchObject([[{ message: 'oops' }], 2])
  })

  test('a connection that closes congested is not counted any more', async () => {
    const { b, log } = await watched({})
    b.connection.send(Buffer.alloc(2_000))
    await turns()
    b.connection.terminate()
    await turns()
    expect([log.length, b.host.counters.congested, b.connection.info.isCongested]).toEqual([1, 0, false])
  })
})

test('tocsin:slow-consumer tells of each message that a policy concerns', async () => {
  const seen: SlowConsumerDiagnostic[] = []
  const listener = (message: unknown): void => { seen.push(message as SlowConsumerDiagnostic) }
  subscribe('tocsin:slow-consumer', listener)
  onTestFinished(() => { unsubscribe('tocsin:slow-consumer', listener) })
  const b = await blocked({ maxBufferedMessages: 1, slowConsumer: 'drop-oldest' })
  sendAll(b, 'a', 'bb')
  b.connection.limitSending({ slowConsumer: 'drop-newest' }).send('ccc')
  b.connection.limitSending({ slowConsumer: 'latest', maxBufferedMessages: 9 })
  for (const text of ['d1', 'd2']) b.connection.send(text, { key: 'd' })
  b.connection.limitSending({ slowConsumer: 'close', maxBufferedMessages: 1 }).send('x')
  expect(seen.map(({ policy, bufferedAmount, dropped }) => [policy, bufferedAmount, dropped])).toEqual([
    ['drop-oldest', 7 + 3, 3], ['drop-newest', 7 + 4, 3], ['latest', 7 + 8, 4], ['close', 7 + 8, 7 + 8 + 1]])
  expect(seen.every(({ connection }) => connection === b.connection)).toBe(true)
})

test('drained() waits for all that waits, one large message after the other', async () => {
  const b = await blocked()
  const left: number[] = []
  b.wire.onDrained = () => { left.push(b.connection.bufferedAmount) }
  for (let i = 0; i < 3; i++) b.connection.send(Buffer.alloc(100_000))
  b.stream.release()
  await turns()
  expect(left).toEqual([0])
})

test('what waits when the peer closes is dropped, and counted', async () => {
  const b = await blocked()
  sendAll(b, 'a', 'b')
  receive(b, new CloseFrame(1000))
  await turns()
  expect(b.connection.info).toMatchObject({ messagesDropped: 2, bytesDropped: 6, bufferedMessages: 0 })
  b.stream.release()
  b.stream.receiveEnd()
  await turns()
  expect(b.stream.frames.map(({ opcode }) => opcode)).toEqual([Opcode.Text, Opcode.Close])
})
