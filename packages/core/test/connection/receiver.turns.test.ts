// What a large compressed message must not hold up, and what the application may do while it is inflated.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { Bench, type BenchOptions, bench, receive } from '../support/bench.js'
import { PeerDeflater, compressedFrames, deflated } from '../support/deflate-peer.js'
import { FakeSocket } from '../support/fake-socket.js'
import { prose } from '../support/samples.js'
import { gate, turns } from '../support/wait.js'

const MIB = 1 << 20
const { Text, Binary, Ping, Pong, Close } = Opcode

function receiving(options: BenchOptions = {}) {
  const seen: (string | Buffer)[] = []
  const b = bench({ compression: true, maxMessageSize: 4 * MIB, ...options }).on('message', (_connection, message) => { seen.push(message) })
  return { b, seen }
}

const send = (b: Bench, message: string | Buffer): void =>
  receive(b, ...compressedFrames(deflated(message), { opcode: typeof message === 'string' ? Text : Binary }))
const opcodes = (b: Bench): Opcode[] => b.stream.frames.map(({ opcode }) => opcode)

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
