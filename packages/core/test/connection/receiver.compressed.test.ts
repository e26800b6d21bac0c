// Compressed messages on their way in: slices, turns, and what a handler does in between. The socket is fake; the zlib is not.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { type Bench, type BenchOptions, bench, receive } from '../support/bench.js'
import { PeerDeflater, compressedFrames, deflated } from '../support/deflate-peer.js'
import { masked } from '../support/raw-peer.js'
import { noise, prose } from '../support/samples.js'
import { turns } from '../support/wait.js'

const MIB = 1 << 20
const { Text, Binary, Continuation, Ping, Pong } = Opcode
const pools = [['reused contexts', () => new ZlibPool()], ['one-shot functions', () => new ZlibPool({ reusesContexts: false })], ['no budget', () => new ZlibPool({ budget: 0 })]] as const

function receiving(options: BenchOptions = {}) {
  const seen: (string | Buffer)[] = []
  const b = bench({ compression: true, maxMessageSize: 4 * MIB, ...options }).on('message', (_connection, message) => { seen.push(message) })
  return { b, seen }
}

const send = (b: Bench, message: string | Buffer, fragment = Infinity): void =>
  receive(b, ...compressedFrames(deflated(message), { opcode: typeof message === 'string' ? Text : Binary, fragment }))

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
