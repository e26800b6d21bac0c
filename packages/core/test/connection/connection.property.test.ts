// Whatever the peer, the network and the application do, in any order: nothing is lost, doubled or out of order, every byte
// that leaves is a whole frame of a valid sequence, and every connection ends exactly once, leaving nothing behind.
import fc from '../support/fast-check.js'
import { expect, test, vi } from 'vitest'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { CloseFrame, Frame, Opcode, unpack } from '../../src/protocol/index.js'
import { type Bench, bench, receive } from '../support/bench.js'
import { turns } from '../support/wait.js'

type Mode = 'sync' | 'async' | 'iterator' | 'async open'

class World {
  readonly b: Bench
  readonly settled = vi.fn()
  readonly sentByPeer: string[] = []
  readonly seen: string[] = []
  readonly streams: Promise<unknown>[] = []
  peerIsDone = false
  isCut = false
  #gates: (() => void)[] = []

  constructor(mode: Mode) {
    this.b = bench({ maxQueuedMessages: 3, maxBufferedAmount: 300_000, heartbeat: { interval: 5_000, timeout: 3_000 } })
    this.b.host.onSettled = this.settled
    if (mode === 'iterator') this.b.on('open', async (connection) => { for await (const message of connection) await this.#take(String(message)) })
    else this.b.on('message', (_connection, message) => (mode === 'sync' ? void this.seen.push(String(message)) : this.#take(String(message))))
    if (mode === 'async open') this.b.on('open', () => this.#wait())
    this.b.on('ping', () => (mode === 'sync' ? undefined : this.#wait())).start()
  }

  async #take(message: string): Promise<void> {
    this.seen.push(message)
    await this.#wait()
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => { this.#gates.push(resolve) })
  }

  settleAll(): void {
    for (const open of this.#gates.splice(0)) open()
  }

  peerSends(count: number): void {
    if (this.peerIsDone) return
    const messages = Array.from({ length: count }, () => `${this.sentByPeer.length}-${Math.random()}`)
    this.sentByPeer.push(...messages)
    receive(this.b, ...messages)
  }

  peerEnds(how: 'close' | 'fin' | 'rst' | 'garbage'): void {
    if (this.peerIsDone) return
    this.peerIsDone = true
    if (how === 'close') receive(this.b, new CloseFrame(4000))
    if (how === 'garbage') this.b.stream.receive(Buffer.from('garbage'))
    if (how === 'fin') this.b.stream.receiveEnd()
    if (how === 'rst') { this.isCut = true; this.b.stream.destroy(new Error('ECONNRESET')) }
  }
}

const actions: Record<string, (world: World) => void> = {
  'peer: one message': (w) => { w.peerSends(1) },
  'peer: ten messages': (w) => { w.peerSends(10) },
  'peer: Ping': (w) => { if (!w.peerIsDone) receive(w.b, new Frame({ opcode: Opcode.Ping, payload: 'p' })) },
  'peer: Close': (w) => { w.peerEnds('close') },
  'peer: FIN': (w) => { w.peerEnds('fin') },
  'peer: RST': (w) => { w.peerEnds('rst') },
  'peer: garbage': (w) => { w.peerEnds('garbage') },
  'app: send small': (w) => { w.b.connection.send('small') },
  'app: send large': (w) => { w.b.connection.send(Buffer.alloc(20_000)) },
  'app: broadcast': (w) => { w.b.connection.sendShared(new SharedMessage(w.b.runtime, 'to all')) },
  'app: fragment': (w) => { try { w.b.connection.send('part', { fin: false }) } catch { /* a stream is being sent */ } },
  'app: Ping': (w) => { w.b.connection.ping() },
  'app: stream': (w) => { w.streams.push(w.b.connection.sendStream(['a', 'b', 'c']).catch(() => false)) },
  'app: pause': (w) => { w.b.connection.pause() },
  'app: resume': (w) => { w.b.connection.resume() },
  'app: close': (w) => { w.b.connection.close() },
  'app: terminate': (w) => { w.isCut = true; w.b.connection.terminate() },
  'kernel: full': (w) => { w.b.stream.isStalled = true },
  'kernel: takes one write': (w) => { w.b.stream.releaseOne() },
  'kernel: empty': (w) => { w.b.stream.release() },
  'handlers settle': (w) => { w.settleAll() },
  'a second passes': (w) => { w.b.clock.advance(1_000) },
}

const mode = fc.constantFrom<Mode[]>('sync', 'async', 'iterator', 'async open')
const step = fc.tuple(fc.constantFrom(...Object.keys(actions)), fc.boolean())

/** No fragment out of place, and nothing behind a Close. */
function checkSequence(bytes: Buffer): void {
  let [rest, isOpen, isClosed] = [bytes, false, false]
  for (let next = unpack(rest); next !== null; next = unpack(rest)) {
    const { opcode, fin } = next.frame
    expect(isClosed, 'a frame behind Close').toBe(false)
    if (opcode === Opcode.Close) isClosed = true
    if (opcode < Opcode.Close) {
      expect(opcode === Opcode.Continuation, 'a fragment out of place').toBe(isOpen)
      isOpen = !fin
    }
    rest = rest.subarray(next.bytesConsumed)
  }
  expect(rest.length, 'half a frame').toBe(0)
}

async function finish(world: World): Promise<void> {
  const { b } = world
  b.stream.release()
  b.connection.resume()
  if (!world.isCut && b.connection.readyState === 1) world.peerEnds('close')
  for (let i = 0; i < 60 || (!world.peerIsDone && i < 200); i++) { world.settleAll(); await turns(1) }
  if (!b.stream.destroyed) b.stream.receiveEnd()
  for (let i = 0; i < 20; i++) { world.settleAll(); await turns(1) }
  b.clock.advance(30_000)
  for (let i = 0; i < 40; i++) { world.settleAll(); await turns(1) }
  await Promise.all(world.streams)
}

test('any order of events', async () => {
  const uncaught: unknown[] = []
  const onUncaught = (error: unknown): void => { uncaught.push(error) }
  process.on('uncaughtException', onUncaught).on('unhandledRejection', onUncaught)
  await fc.assert(fc.asyncProperty(mode, fc.array(step, { maxLength: 40 }), async (how, steps) => {
    const world = new World(how)
    const { b } = world
    for (const [name, hasTurn] of steps) {
      actions[name]!(world)
      if (hasTurn) await turns(1)
    }
    await finish(world)
    expect(uncaught).toEqual([])
    expect(b.errors).toEqual([])
    expect(b.closed.length, 'close events').toBe(1)
    expect(world.settled, 'settled').toHaveBeenCalledTimes(1)
    expect(world.seen).toEqual(world.sentByPeer.slice(0, world.seen.length))
    if (b.closed[0]!.code === 4000) expect(world.seen.length, 'a clean end loses nothing').toBe(world.sentByPeer.length)
    checkSequence(b.stream.sent)
    // What was handed to a stream that was cut then counts as sent.
    if (b.closed[0]!.clean) expect(b.connection.info.bytesSent).toBe(b.stream.sent.length)
    expect(b.connection.info.bytesSent).toBeGreaterThanOrEqual(b.stream.sent.length)
    expect(b.connection.bufferedAmount).toBe(0)
    expect([b.runtime.wheel.size, b.clock.pending, b.host.connections.size]).toEqual([0, 0, 0])
    expect(b.stream.errored === null || world.isCut || b.stream.errored.message === 'ECONNRESET').toBe(true)
  }), { numRuns: Number(process.env['TOCSIN_RUNS'] ?? 150) })
  process.off('uncaughtException', onUncaught).off('unhandledRejection', onUncaught)
}, 60_000)
