// Messages in parts, frames that are deflated already, and what a kept context sees of all that.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { type Bench, type BenchOptions, bench, receive } from '../support/bench.js'
import { FrameReader, PeerInflater, deflated } from '../support/deflate-peer.js'
import { noise, prose } from '../support/samples.js'
import { gate, turns } from '../support/wait.js'

const { Text, Binary, Continuation, Ping, Close } = Opcode
const KEPT = { serverNoContextTakeover: false }
const made = (options: BenchOptions = {}): Bench => bench({ compression: true, ...options }).start()
const read = (b: Bench, keepsContext = false): FrameReader => new FrameReader({ keepsContext }).take(...b.stream.frames)
const flags = (b: Bench): [Opcode, boolean, boolean][] => b.stream.frames.map(({ opcode, fin, rsv1 }) => [opcode, fin, rsv1])

describe('send({ fin: false })', () => {
  test('RFC 7692 §6: RSV1 on the first frame alone, Pings in between, and each part can be read at once', async () => {
    for (const agreed of [{}, KEPT]) {
      const b = made({ agreed })
      b.connection.send('Hello, ', { fin: false })
      b.connection.ping('p')
      await turns(1)
      expect(new PeerInflater().inflate(b.stream.frames[0]!.payload).toString()).toBe('Hello, ')
      b.connection.send('wor', { fin: false })
      b.connection.send('ld')
      await turns(1)
      expect(flags(b)).toEqual([[Text, false, true], [Ping, true, false], [Continuation, false, false], [Continuation, true, false]])
      expect(read(b, agreed === KEPT).data).toEqual(['Hello, world'])
      expect(b.host.counters).toMatchObject({ messagesDeflated: 1, messagesSent: 1 })
    }
  })

  test('the first one says whether it is compressed; the threshold does not count', async () => {
    const b = made()
    b.connection.send('a', { fin: false, compress: false })
    b.connection.send('b', { compress: true })
    b.connection.send(Buffer.from('c'), { fin: false, compress: true })
    b.connection.send(noise(70_000), { compress: false })
    await turns(2)
    expect(read(b).messages.map(({ isCompressed, data }) => [isCompressed, data.length])).toEqual([[false, 2], [true, 70_001]])
  })

  test('empty parts, an empty end, a message of nothing', async () => {
    for (const agreed of [{}, KEPT]) {
      const b = made({ agreed })
      for (const parts of [['a', '', 'b'], ['', 'a', ''], ['', ''], ['a', ''], ['', '', '']]) parts.forEach((part, i) => b.connection.send(part, { fin: i === parts.length - 1 }))
      await turns(1)
      expect(read(b, agreed === KEPT).data).toEqual(['ab', 'a', '', 'a', ''])
    }
  })

  test('broadcasts wait for its end, and a kept context is right afterwards', async () => {
    const b = made({ agreed: KEPT })
    const message = (seed: number): SharedMessage => new SharedMessage(b.runtime, prose(700, seed))
    b.connection.send(prose(700, 1), { fin: false })
    b.connection.sendShared(message(1))
    b.connection.send(prose(700, 2))
    b.connection.send(prose(700, 1))
    b.connection.sendShared(message(2))
    b.connection.send(prose(700, 2))
    b.connection.send(prose(700, 2))
    await turns(1)
    const { messages } = read(b, true)
    expect(messages.map(({ data }) => data)).toEqual([prose(700, 1) + prose(700, 2), ...[1, 1, 2, 2, 2].map((seed) => prose(700, seed))])
    expect(messages.every(({ isCompressed }) => isCompressed)).toBe(true)
  })

  test('where there is no room for a state that lasts it goes out as it is', async () => {
    const b = made({ zlib: new ZlibPool({ budget: 0 }) })
    b.connection.send('a', { fin: false, compress: true })
    b.connection.send('b')
    await turns(1)
    expect(read(b).messages).toEqual([{ data: 'ab', isCompressed: false, fragments: 2 }])
  })

  test.each<[string, (b: Bench) => void]>([
    ['close()', (b) => { b.connection.close() }], ['terminate()', (b) => { b.connection.terminate() }], ['the peer\'s Close', (b) => { receive(b, new CloseFrame(1000)) }],
  ])('%s in the middle: its memory comes back', async (_how, end) => {
    const b = made()
    b.connection.send(prose(5_000), { fin: false })
    expect(b.runtime.zlib.heldBytes).toBeGreaterThan(0)
    end(b)
    await turns(2)
    expect(b.stream.frames.filter(({ opcode }) => opcode === Close).length).toBeLessThanOrEqual(1)
    receive(b, new CloseFrame(1000))
    b.stream.receiveEnd()
    await turns(5)
    expect([b.runtime.zlib.heldBytes, b.closed.length, b.errors]).toEqual([0, 1, []])
  })
})

describe('sendStream()', () => {
  test('is compressed unless it says otherwise', async () => {
    for (const agreed of [{}, KEPT]) {
      const b = made({ agreed })
      await b.connection.sendStream([prose(3_000), prose(3_000)])
      await b.connection.sendStream([prose(300), prose(300)], { compress: false })
      await b.connection.sendStream([Buffer.from(prose(300))], { compress: true, text: true })
      await b.connection.sendStream([])
      b.connection.send(prose(3_000))
      await turns(2)
      const { messages } = read(b, agreed === KEPT)
      expect(messages.map(({ data, isCompressed }) => [data.toString(), isCompressed])).toEqual([[prose(3_000) + prose(3_000), true], [prose(300) + prose(300), false], [prose(300), true], ['', true], [prose(3_000), true]])
      expect(b.runtime.zlib.heldBytes === 0).toBe(agreed !== KEPT)
    }
  })

  test('messages that are sent meanwhile follow it, long ones too', async () => {
    const [more, b] = [gate(), made()]
    async function* source(): AsyncIterable<string> { yield prose(1_000); await more.promise; yield prose(1_000, 2) }
    const sending = b.connection.sendStream(source())
    await turns(2)
    b.connection.send(prose(200_000))
    b.connection.send(prose(900))
    expect(b.connection.bufferedAmount).toBe(200_900 + 10 + 4)
    more.open()
    await sending
    await b.connection.drained()
    await turns(2)
    expect(read(b).data.map(({ length }) => length)).toEqual([2_000, 200_000, 900])
  })

  test('a fragmented message that began while it waited for its first part is not mixed with it', async () => {
    for (const compression of [true, false]) {
      const [more, b] = [gate(), made({ compression })]
      async function* source(): AsyncIterable<string> { await more.promise; yield 'stream' }
      const sending = b.connection.sendStream(source())
      await turns(1)
      b.connection.send('a', { fin: false })
      more.open()
      await expect(sending).rejects.toThrow(expect.objectContaining({ code: 'WS_ERR_STREAMING' }))
      b.connection.send('b')
      await turns(1)
      expect(read(b).data).toEqual(['ab'])
    }
  })

  test('a source that fails in the middle: 1011, and its memory comes back', async () => {
    const b = made()
    function* source(): Iterable<string> { yield prose(3_000); throw new Error('mine') }
    await expect(b.connection.sendStream(source())).rejects.toThrow('mine')
    await turns(2)
    expect(b.stream.frames.at(-1)).toMatchObject({ code: 1011 })
    b.stream.receiveEnd()
    await turns(5)
    expect(b.runtime.zlib.heldBytes).toBe(0)
  })
})

describe('sendFrame() with rsv1', () => {
  test('the payload goes out as it is, whole or in fragments', async () => {
    const b = made()
    const payload = deflated(prose(3_000), 9)
    b.connection.sendFrame(new Frame({ opcode: Text, rsv1: true, payload }))
    b.connection.sendFrame(new Frame({ opcode: Binary, rsv1: true, fin: false, payload: payload.subarray(0, 100) }))
    b.connection.ping()
    b.connection.sendFrame(new Frame({ opcode: Continuation, payload: payload.subarray(100) }))
    await turns(1)
    expect(flags(b)).toEqual([[Text, true, true], [Binary, false, true], [Ping, true, false], [Continuation, true, false]])
    expect(b.stream.frames[0]!.payload.equals(payload)).toBe(true)
    expect(read(b).data.map(String)).toEqual([prose(3_000), prose(3_000)])
    expect(b.host.counters).toMatchObject({ messagesDeflated: 0, messagesSent: 2 })
  })

  test('a kept context does not count on what came from elsewhere', async () => {
    const b = made({ agreed: KEPT })
    for (let i = 0; i < 4; i++) {
      b.connection.send(prose(800, i % 2))
      b.connection.sendFrame(new Frame({ opcode: Text, rsv1: true, payload: deflated(prose(40_000, i)) }))
    }
    b.connection.send(prose(800))
    await turns(1)
    expect(read(b, true).data).toEqual([...[0, 1, 2, 3].flatMap((i) => [prose(800, i % 2), prose(40_000, i)]), prose(800)])
  })

  test('not in another message, and not without compression', async () => {
    const b = made()
    b.connection.send('a', { fin: false })
    const frame = new Frame({ opcode: Text, rsv1: true, payload: deflated('x') })
    expect(() => b.connection.sendFrame(frame)).toThrow(expect.objectContaining({ code: 'WS_ERR_STREAMING' }))
    b.connection.send('b')
    expect(() => made({ compression: false }).connection.sendFrame(frame)).toThrow(expect.objectContaining({ code: 'WS_ERR_RESERVED_BITS' }))
    await turns(1)
    expect(read(b).data).toEqual(['ab'])
  })

  test('compress as an option of a plain frame', async () => {
    const b = made()
    b.connection.sendFrame(new Frame({ opcode: Text, payload: 'x'.repeat(60) }), { compress: true })
    b.connection.sendFrame(new Frame({ opcode: Text, payload: 'x'.repeat(6_000) }), { compress: false })
    b.connection.sendFrame(new Frame({ opcode: Ping, payload: 'x'.repeat(60) }), { compress: true })
    await turns(1)
    expect(flags(b)).toEqual([[Text, true, true], [Text, true, false], [Ping, true, false]])
  })
})
