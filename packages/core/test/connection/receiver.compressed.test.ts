// Compressed messages on their way in: slices, turns, and what a handler does in between. The socket is fake; the zlib is not.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { Bench, type BenchOptions, bench, receive } from '../support/bench.js'
import { PeerDeflater, compressedFrames, deflated } from '../support/deflate-peer.js'
import { FakeSocket } from '../support/fake-socket.js'
import { masked } from '../support/raw-peer.js'
import { noise, prose } from '../support/samples.js'
import { gate, turns } from '../support/wait.js'

const MIB = 1 << 20
const { Text, Binary, Continuation, Ping, Pong, Close } = Opcode
const pools = [['reused contexts', () => new ZlibPool()], ['one-shot functions', () => new ZlibPool({ reusesContexts: false })], ['no budget', () => new ZlibPool({ budget: 0 })]] as const

function receiving(options: BenchOptions = {}) {
  const seen: (string | Buffer)[] = []
  const b = bench({ compression: true, maxMessageSize: 4 * MIB, ...options }).on('message', (_connection, message) => { seen.push(message) })
  return { b, seen }
}

const send = (b: Bench, message: string | Buffer, fragment = Infinity): void =>
  receive(b, ...compressedFrames(deflated(message), { opcode: typeof message === 'string' ? Text : Binary, fragment }))
const opcodes = (b: Bench): Opcode[] => b.stream.frames.map(({ opcode }) => opcode)

describe.each(pools)('%s', (_name, makePool) => {
  test('whole, in fragments, byte by byte, of all sizes, with control frames in between', async () => {
    const { b, seen } = receiving({ zlib: makePool() })
    b.start()
    const messages = ['', 'ä', prose(300), 'Grüße '.repeat(50), noise(70_000), Buffer.alloc(200_000, 'x'), prose(65_536), Buffer.alloc(0)]
    for (const message of messages) for (const fragment of [Infinity, 1_000, 7]) {
      if (fragment === 7 && message.length > 1_000) continue
      const frames = compressedFrames(deflated(message), { opcode: typeof message === 'string' ? Text : Binary, fragment })
      const wire = Buffer.concat(frames.flatMap((frame) => [masked(frame), masked(new Frame({ opcode: Ping, payload: 'p' }))]))
      if (fragment === 7) for (const byte of wire) b.stream.receive(Buffer.of(byte))
      else b.stream.receive(wire)
      await turns(20)
      expect(seen.length).toBe(1)
      expect(Buffer.from(seen.pop() as Buffer).equals(Buffer.from(message as Buffer))).toBe(true)
      expect(b.stream.frames.filter(({ opcode }) => opcode === Pong).length).toBe(frames.length)
      b.stream.writes.length = 0
    }
    expect(b.runtime.zlib.heldBytes).toBe(0)
    expect(b.host.counters).toMatchObject({ messagesInflated: 21, messagesReceived: 21 })
    expect(b.closed).toEqual([])
  })

  test('compressed and plain ones take turns', async () => {
    const { b, seen } = receiving({ zlib: makePool() })
    b.start()
    receive(b, 'plain', ...compressedFrames(deflated('compressed'), { opcode: Text, fragment: 4 }), 'plain', ...compressedFrames(deflated('again'), { opcode: Text }),
      new Frame({ opcode: Text, payload: 'in ', fin: false }), new Frame({ opcode: Continuation, payload: 'two' }))
    await turns()
    expect(seen).toEqual(['plain', 'compressed', 'plain', 'again', 'in two'])
    expect(b.host.counters.messagesInflated).toBe(2)
  })

  test('FIN behind a large message: all of it is delivered, then it is over', async () => {
    const { b, seen } = receiving({ zlib: makePool() })
    b.start()
    send(b, Buffer.alloc(2 * MIB))
    receive(b, 'last')
    b.stream.receiveEnd()
    await turns(100)
    expect(seen.map(({ length }) => length)).toEqual([2 * MIB, 4])
    expect(b.closed).toMatchObject([{ code: 1006, clean: false, initiator: 'peer' }])
    expect(b.runtime.zlib.heldBytes).toBe(0)
  })

  test('bad data: 1007, and everything is given back', async () => {
    for (const payload of ['ff', 'f2 48 cd c9', 'f2 00 11 00 00', '']) {
      const { b, seen } = receiving({ zlib: makePool() })
      b.start()
      receive(b, 'before', new Frame({ opcode: Text, rsv1: true, payload: Buffer.from(payload.replaceAll(' ', ''), 'hex') }), 'after')
      await turns()
      expect(seen).toEqual(['before'])
      expect(b.stream.frames).toMatchObject([{ code: 1007 }])
      b.stream.receiveEnd()
      await turns()
      expect(b.closed).toMatchObject([{ code: 1007, clean: false, error: { code: 'WS_ERR_INVALID_DEFLATE' } }])
      expect(b.runtime.zlib.heldBytes).toBe(0)
    }
  })
})

describe('RFC 7692 §6: RSV1', () => {
  test.each<[string, Buffer]>([
    ['on a continuation', Buffer.from('41 80 00000000 c0 80 00000000'.replaceAll(' ', ''), 'hex')], ['on a Ping', Buffer.from('c98000000000', 'hex')],
    ['together with RSV2', Buffer.from('e18000000000', 'hex')],
  ])('%s: 1002', async (_what, bytes) => {
    const { b } = receiving()
    b.start()
    b.stream.receive(bytes)
    await turns()
    expect(b.stream.frames).toMatchObject([{ code: 1002 }])
  })
})

describe('invalid UTF-8', () => {
  test('1007 at the first bad byte, although the message goes on', async () => {
    const { b, seen } = receiving()
    b.start()
    const payload = deflated(Buffer.concat([Buffer.from('fine'), Buffer.of(0xff), Buffer.from(prose(3_000))]), 0)
    for (const frame of compressedFrames(payload, { opcode: Text, fragment: 12 }).slice(0, 1)) receive(b, frame)
    await turns()
    expect(b.stream.frames).toMatchObject([{ code: 1007 }])
    expect(seen).toEqual([])
    expect(b.runtime.zlib.heldBytes).toBe(0)
  })

  test('a character that is split between fragments or slices is none', async () => {
    const { b, seen } = receiving()
    b.start()
    const text = `${'x'.repeat(65_535)}€${'y'.repeat(65_533)}👍${prose(100)}`
    send(b, text, 1)
    send(b, text)
    await turns(20)
    expect(seen.map((message) => message === text)).toEqual([true, true])
  })
})

describe('one turn', () => {
  /** Turns of the loop until it is over. */
  async function turnsFor(done: () => boolean): Promise<number> {
    let count = 0
    for (; !done() && count < 1_000; count++) await turns(1)
    return count
  }

  test('a large message takes many, and another connection\'s Ping is answered in between', async () => {
    const { b, seen } = receiving()
    b.start()
    send(b, Buffer.alloc(4 * MIB))
    await turns(3)
    expect(seen).toEqual([])
    expect(b.runtime.zlib.heldBytes).toBeGreaterThan(0)
    const other = new Bench(new FakeSocket(), {}, b).start()
    receive(other, new Frame({ opcode: Ping }))
    await turns(2)
    expect([opcodes(other), seen]).toEqual([[Pong], []])
    expect(await turnsFor(() => seen.length > 0)).toBeGreaterThan(40)
    expect(b.runtime.zlib.heldBytes).toBe(0)
  })

  test('many small bombs in one chunk give way, too', async () => {
    const { b, seen } = receiving()
    b.start()
    const bomb = deflated(Buffer.alloc(50_000))
    receive(b, ...Array.from({ length: 60 }, () => new Frame({ opcode: Binary, rsv1: true, payload: bomb })))
    await turns(2)
    expect(seen.length).toBeLessThan(10)
    expect(await turnsFor(() => seen.length === 60)).toBeGreaterThan(20)
  })

  test('30,000 empty final blocks are many steps without output: they end, too', async () => {
    const { b, seen } = receiving()
    b.start()
    receive(b, new Frame({ opcode: Binary, rsv1: true, payload: Buffer.alloc(60_000, Buffer.of(3, 0)) }))
    await turns(2)
    expect(seen).toEqual([])
    expect(await turnsFor(() => seen.length > 0)).toBeGreaterThan(50)
    expect(seen).toEqual([Buffer.alloc(0)])
  })

  test('what arrives meanwhile waits its turn, in order', async () => {
    const { b, seen } = receiving()
    b.start()
    send(b, Buffer.alloc(MIB))
    for (let i = 0; i < 10; i++) { await turns(1); receive(b, `${i}`) }
    send(b, 'compressed')
    await turns(60)
    expect(seen.map((message) => (message.length === MIB ? 'large' : message))).toEqual(['large', ...'0123456789', 'compressed'])
  })
})

describe('the application, while a message is inflated', () => {
  test('pause() holds it up, resume() goes on', async () => {
    const { b, seen } = receiving()
    b.start()
    send(b, Buffer.alloc(MIB))
    await turns(3)
    b.connection.pause()
    await turns(60)
    expect(seen).toEqual([])
    b.connection.resume()
    await turns(60)
    expect(seen.map(({ length }) => length)).toEqual([MIB])
  })

  test('pause() in a handler stops between two compressed messages', async () => {
    const { b, seen } = receiving()
    b.on('message', (connection) => { connection.pause() }).start()
    for (const text of ['a', 'b', 'c']) {
      if (text === 'a') receive(b, ...['a', 'b', 'c'].flatMap((one) => compressedFrames(deflated(one), { opcode: Text })))
      else b.connection.resume()
      await turns(5)
      expect(seen.at(-1)).toBe(text)
    }
    expect(seen).toEqual(['a', 'b', 'c'])
  })

  test('slow handlers hold back what follows, and nothing is lost', async () => {
    const gates: ReturnType<typeof gate>[] = []
    const seen: number[] = []
    const b = bench({ compression: true, maxQueuedMessages: 2 }).on('message', async (_connection, message) => { seen.push(message.length); const one = gate(); gates.push(one); await one.promise }).start()
    const sizes = [300_000, 1, 200_000, 2, 3, 100_000, 4]
    receive(b, ...sizes.flatMap((size) => compressedFrames(deflated(Buffer.alloc(size)))))
    for (let i = 1; i <= sizes.length; i++) { await turns(30); expect(seen).toEqual(sizes.slice(0, i)); gates[i - 1]!.open() }
    await turns(5)
    expect(b.closed).toEqual([])
  })

  test.each(['terminate', 'close'] as const)('%s() in its own handler, with more behind it', async (how) => {
    for (const agreed of [{}, { clientNoContextTakeover: false }]) {
      const { b, seen } = receiving({ agreed })
      b.on('message', (connection) => { connection[how]() }).start()
      const peer = new PeerDeflater({ keepsContext: 'clientNoContextTakeover' in agreed })
      receive(b, ...[prose(200_000), prose(300), prose(200_000, 2)].flatMap((text) => compressedFrames(peer.deflate(text), { opcode: Text })), new CloseFrame(1000))
      await turns(60)
      expect(seen.length).toBe(how === 'terminate' ? 1 : 3)
      b.stream.receiveEnd()
      await turns(5)
      expect(b.closed).toMatchObject([{ code: how === 'terminate' ? 1006 : 1000, clean: how === 'close' }])
      expect([b.runtime.zlib.heldBytes, b.errors]).toEqual([0, []])
    }
  })

  test('terminate() from elsewhere in the middle of it', async () => {
    const { b, seen } = receiving()
    b.start()
    send(b, Buffer.alloc(MIB))
    await turns(4)
    b.connection.terminate()
    await turns(30)
    expect([seen, b.runtime.zlib.heldBytes]).toEqual([[], 0])
    expect(b.closed).toMatchObject([{ code: 1006, initiator: 'local' }])
  })

  test('close() in the middle of it: the message still arrives, then the peer\'s Close', async () => {
    const { b, seen } = receiving()
    b.start()
    send(b, Buffer.alloc(MIB))
    receive(b, new CloseFrame(1000))
    await turns(4)
    b.connection.close()
    await turns(60)
    expect(seen.map(({ length }) => length)).toEqual([MIB])
    expect(opcodes(b)).toEqual([Close])
    b.stream.receiveEnd()
    await turns(5)
    expect(b.closed).toMatchObject([{ code: 1000, clean: true }])
  })
})

test('early data: compressed frames in the handshake\'s own segment', async () => {
  const { b, seen } = receiving()
  b.start(Buffer.concat(compressedFrames(deflated(Buffer.alloc(300_000))).concat(compressedFrames(deflated('second'), { opcode: Text })).map((frame) => masked(frame))))
  await turns(30)
  expect(seen.map(({ length }) => length)).toEqual([300_000, 6])
})

test('a kept context goes from message to message, and a bomb inside it stops at the limit', async () => {
  const { b, seen } = receiving({ agreed: { clientNoContextTakeover: false }, maxMessageSize: 100_000 })
  b.start()
  const peer = new PeerDeflater({ keepsContext: true })
  const held = b.runtime.zlib.heldBytes
  for (let i = 0; i < 5; i++) receive(b, ...compressedFrames(peer.deflate(prose(2_000, i % 2)), { opcode: Text, fragment: 50 }))
  await turns(5)
  expect(seen).toEqual([0, 1, 0, 1, 0].map((seed) => prose(2_000, seed)))
  expect(b.runtime.zlib.heldBytes).toBe(held)
  receive(b, ...compressedFrames(peer.deflate(Buffer.alloc(100_001))))
  await turns(20)
  expect(b.stream.frames).toMatchObject([{ code: 1009 }])
  b.stream.receiveEnd()
  await turns(5)
  expect(b.runtime.zlib.heldBytes).toBe(0)
})
