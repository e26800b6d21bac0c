// A long message that is deflated in slices: what else is sent, or happens, while it is.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { SLICE_SIZE } from '../../src/compression/deflater.js'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { type Bench, type BenchOptions, bench, receive } from '../support/bench.js'
import { FrameReader, deflated } from '../support/deflate-peer.js'
import { noise, prose } from '../support/samples.js'
import { turns } from '../support/wait.js'

const MIB = 1 << 20
const LONG = prose(300_000)
const { Text, Binary, Continuation, Ping, Pong, Close } = Opcode

/** A long message is on its way: its first slice is out, and no more. */
async function slicing(options: BenchOptions = {}, data: string | Buffer = LONG): Promise<Bench> {
  const b = bench({ compression: true, ...options }).start()
  expect(b.connection.send(data)).toBe(true)
  await turns(1)
  expect(b.stream.frames).toMatchObject([{ rsv1: true, fin: false }])
  return b
}

function read(b: Bench, keepsContext = false): FrameReader {
  return new FrameReader({ keepsContext }).take(...b.stream.frames)
}

describe('a long message', () => {
  test.each([SLICE_SIZE + 1, 2 * SLICE_SIZE - 1, 2 * SLICE_SIZE, 2 * SLICE_SIZE + 1, MIB - 1, MIB, MIB + 1])('of %i bytes, as text and as binary, kept or not, pooled or not', async (size) => {
    for (const [agreed, zlib] of [[{}, new ZlibPool()], [{ serverNoContextTakeover: false }, new ZlibPool()], [{}, new ZlibPool({ reusesContexts: false })]] as const) {
      const messages = [prose(size), Buffer.alloc(size, 'abc'), Buffer.concat([Buffer.from(prose(size - 1_000)), noise(1_000)])]
      for (const message of messages) {
        const b = await slicing({ agreed, zlib }, message)
        await b.connection.drained()
        await turns(2)
        const { messages: [only], data } = read(b)
        expect([data.length, typeof message === 'string' ? data[0] === message : Buffer.from(message as Buffer).equals(data[0] as Buffer)]).toEqual([1, true])
        expect(only!.fragments).toBeGreaterThan(1)
        expect(b.host.counters).toMatchObject({ messagesDeflated: 1, messagesSent: 1 })
        b.connection.terminate()
        await turns(2)
      }
      expect(zlib.heldBytes).toBe(0)
    }
  })

  test('up to one slice goes out in one frame', async () => {
    const b = bench({ compression: true }).start()
    b.connection.send(prose(SLICE_SIZE))
    await turns(2)
    expect(b.stream.frames).toMatchObject([{ rsv1: true, fin: true }])
  })

  test('that does not shrink on its first slice goes out as it is, in one frame, and no context remembers it', async () => {
    for (const agreed of [{}, { serverNoContextTakeover: false }]) {
      const b = bench({ compression: true, agreed }).start()
      const held = b.runtime.zlib.heldBytes
      const message = Buffer.concat([noise(SLICE_SIZE), Buffer.alloc(SLICE_SIZE)])
      const like = Buffer.concat([message.subarray(SLICE_SIZE - 500, SLICE_SIZE), Buffer.from(prose(1_000))])
      for (const one of [prose(1_000), message, like]) b.connection.send(one)
      expect(b.runtime.zlib.heldBytes).toBe(held)
      await turns(3)
      const { messages } = read(b, 'serverNoContextTakeover' in agreed)
      expect(messages).toMatchObject([{ isCompressed: true }, { isCompressed: false, fragments: 1 }, { isCompressed: true }])
      expect([message, like].map((one, i) => one.equals(messages[i + 1]!.data as Buffer))).toEqual([true, true])
    }
  })

  test('goes out as it is where there is no room for a state that lasts', async () => {
    const b = bench({ compression: true, zlib: new ZlibPool({ budget: 0 }) }).start()
    b.connection.send(LONG)
    await turns(2)
    expect(read(b).messages).toMatchObject([{ isCompressed: false, data: LONG }])
  })

  test('takes a turn for each slice, also while others are on their way', async () => {
    const b = await slicing({}, prose(MIB))
    let count = 0
    while (!b.stream.frames.at(-1)!.fin) { await turns(1); count++ }
    expect(count).toBeGreaterThanOrEqual(14)
  })
})

describe('meanwhile', () => {
  test('messages, broadcasts and another long one follow in their order; a Ping does not wait', async () => {
    for (const agreed of [{}, { serverNoContextTakeover: false }]) {
      const b = await slicing({ agreed })
      const bytes = Buffer.from('mine')
      b.connection.send('a')
      b.connection.send(bytes)
      bytes.fill('!')
      b.connection.sendShared(new SharedMessage(b.runtime, prose(700)))
      b.connection.send(prose(200_000, 2))
      b.connection.send(prose(400, 3))
      b.connection.ping('p')
      b.connection.sendShared(new SharedMessage(b.runtime, 'to all'))
      await b.connection.drained()
      await turns(2)
      const reader = read(b, 'serverNoContextTakeover' in agreed)
      expect(reader.data.map((data) => (data.length > 1_000 ? data.length : data))).toEqual([300_000, 'a', Buffer.from('mine'), prose(700), 200_000, prose(400, 3), 'to all'])
      expect(reader.controls).toMatchObject([{ opcode: Ping }])
      const at = b.stream.frames.findIndex(({ opcode }) => opcode === Ping)
      expect(at).toBeLessThan(b.stream.frames.findIndex(({ fin, opcode }) => fin && opcode === Continuation))
      expect(b.connection.bufferedAmount).toBe(0)
    }
  })

  test('a Ping of the peer is answered', async () => {
    const b = await slicing()
    receive(b, new Frame({ opcode: Ping, payload: 'p' }))
    await turns(1)
    expect(b.stream.frames.map(({ opcode }) => opcode)).toContain(Pong)
    expect(b.stream.frames.at(-1)!.fin && b.stream.frames.at(-1)!.opcode === Continuation).toBe(false)
    await turns(10)
    expect(read(b).data).toEqual([LONG])
  })

  test.each<[string, (b: Bench) => unknown, unknown[]]>([
    ['send({ fin: false })', (b) => { b.connection.send('a', { fin: false }); b.connection.send('b') }, ['ab']],
    ['sendStream()', (b) => b.connection.sendStream(['a', 'b', 'c']), ['abc']],
    ['a frame with rsv1', (b) => b.connection.sendFrame(new Frame({ opcode: Text, rsv1: true, payload: deflated('deflated') })), ['deflated']],
  ])('%s makes it finish first', async (_what, act, expected) => {
    const b = await slicing()
    b.connection.send('behind it')
    await act(b)
    await turns(5)
    expect(read(b).data).toEqual([LONG, 'behind it', ...expected])
  })

  test('close(): all of it goes out, and what waited, before Close', async () => {
    const b = await slicing()
    b.connection.send('behind it')
    b.connection.send(prose(100_000, 2))
    b.connection.close(4000)
    await turns(2)
    const reader = read(b)
    expect(reader.data).toEqual([LONG, 'behind it', prose(100_000, 2)])
    expect(reader.controls).toMatchObject([{ opcode: Close, code: 4000 }])
    expect(b.host.counters.bytesDropped).toBe(0)
    receive(b, new CloseFrame(4000))
    await turns(5)
    expect([b.runtime.zlib.heldBytes, b.errors]).toEqual([0, []])
  })

  test('a continuation frame continues nothing: a usage error', async () => {
    const b = await slicing()
    expect(() => b.connection.sendFrame(new Frame({ opcode: Continuation, payload: 'x' }))).toThrow(expect.objectContaining({ code: 'WS_ERR_FRAGMENT_SEQUENCE' }))
    await turns(10)
    expect(read(b).data).toEqual([LONG])
  })
})

describe('an end in the middle of it', () => {
  const ends: [string, (b: Bench) => void][] = [
    ['terminate()', (b) => { b.connection.terminate() }], ['the peer\'s fault', (b) => { b.stream.receive(Buffer.from('garbage')) }],
    ['RST', (b) => { b.stream.destroy(new Error('ECONNRESET')) }],
  ]
  test.each(ends)('%s: nothing more follows, all memory comes back, drained() resolves', async (_how, end) => {
    for (const agreed of [{}, { serverNoContextTakeover: false }]) {
      const b = await slicing({ agreed })
      b.connection.send('behind it')
      const drained = b.connection.drained()
      end(b)
      await turns(2)
      const frames = b.stream.frames.length
      await turns(10)
      expect(b.stream.frames.length).toBe(frames)
      expect(b.stream.frames.slice(1).every(({ opcode }) => opcode === Close || opcode === Continuation)).toBe(true)
      b.stream.receiveEnd()
      await drained
      await turns(5)
      expect(b.closed.length).toBe(1)
      expect([b.runtime.zlib.heldBytes, b.connection.bufferedAmount, b.errors]).toEqual([0, 0, []])
      expect(b.host.counters.bytesDropped).toBeGreaterThanOrEqual('behind it'.length)
    }
  })

  test.each<[string, (b: Bench) => void]>([
    ['the peer\'s Close', (b) => { receive(b, new CloseFrame(1000)) }], ['FIN', (b) => { b.stream.receiveEnd() }],
  ])('%s: what was accepted before it goes out whole, in its order, and all memory comes back', async (_how, end) => {
    for (const agreed of [{}, { serverNoContextTakeover: false }]) {
      const b = await slicing({ agreed })
      b.connection.send('behind it')
      const drained = b.connection.drained()
      end(b)
      await turns(3)
      const { frames } = b.stream
      const last = frames.findIndex(({ fin, opcode }) => fin && opcode === Continuation)
      expect(last).toBeGreaterThan(0)
      expect(frames[last + 1]!.payload.toString()).toBe('behind it')
      b.stream.receiveEnd()
      await drained
      await turns(5)
      expect(b.closed.length).toBe(1)
      expect([b.runtime.zlib.heldBytes, b.connection.bufferedAmount, b.errors, b.host.counters.bytesDropped]).toEqual([0, 0, [], 0])
    }
  })

  test.each<[string, (b: Bench) => unknown]>([
    ['close()', (b) => b.connection.close()], ['send()', (b) => b.connection.send('late')], ['send({ fin: false })', (b) => b.connection.send('late', { fin: false })],
    ['sendStream()', (b) => b.connection.sendStream(['late'])], ['a frame with rsv1', (b) => b.connection.sendFrame(new Frame({ opcode: Binary, rsv1: true }))],
    ['a broadcast', (b) => b.connection.sendShared(new SharedMessage(b.runtime, 'late'))], ['ping()', (b) => b.connection.ping()],
  ])('%s after the peer\'s Close: false, and no frame behind ours', async (_what, act) => {
    const b = await slicing()
    receive(b, new CloseFrame(4000))
    expect(b.connection.readyState).toBe(2)
    expect(await act(b)).toBe(false)
    await turns(5)
    const frames = b.stream.frames
    expect(frames.filter(({ opcode }) => opcode === Close).length).toBe(1)
    expect(frames.at(-1)!.opcode).toBe(Close)
    expect(b.stream.errored, 'a write behind FIN').toBeNull()
    b.stream.receiveEnd()
    await turns(5)
    expect(b.closed).toMatchObject([{ code: 4000 }])
    expect([b.runtime.zlib.heldBytes, b.errors]).toEqual([0, []])
    expect(await act(b)).toBe(false)
  })
})

describe('limits', () => {
  test('what is not deflated yet counts as buffered, and drained() waits for it', async () => {
    const b = bench({ compression: true, maxBufferedAmount: 400_000 }).start()
    b.connection.send(LONG)
    const before = b.connection.bufferedAmount
    expect(before).toBeGreaterThan(300_000 - SLICE_SIZE)
    let isDrained = false
    const drained = b.connection.drained().then(() => { isDrained = true })
    b.connection.send('x'.repeat(50_000))
    expect(b.connection.bufferedAmount).toBe(before + 50_000 + 4)
    await turns(2)
    expect([isDrained, b.connection.bufferedAmount < before]).toEqual([false, true])
    await drained
    expect(b.stream.frames.length).toBeGreaterThan(5)
    await turns(2)
    expect(b.connection.bufferedAmount).toBe(0)
  })

  test('more than maxBufferedAmount: 1013, and nothing of it follows', async () => {
    const b = await slicing({ maxBufferedAmount: 400_000 })
    expect(b.connection.send(Buffer.alloc(400_000))).toBe(false)
    await turns(10)
    expect(b.stream.frames.at(-1)).toMatchObject({ opcode: Close, code: 1013 })
    expect(b.stream.frames.some(({ opcode, fin }) => opcode === Continuation && fin)).toBe(false)
    b.stream.receiveEnd()
    await turns(5)
    expect(b.runtime.zlib.heldBytes).toBe(0)
  })

  test('to a peer that does not read it is deflated all the same, and waits', async () => {
    const b = await slicing()
    b.stream.isStalled = true
    await turns(10)
    expect(b.connection.bufferedAmount).toBeGreaterThan(0)
    b.stream.release()
    await b.connection.drained()
    await turns(2)
    expect(read(b).data).toEqual([LONG])
  })
})
