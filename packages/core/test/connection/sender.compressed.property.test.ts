// Whatever is sent in whatever order, from here or to all, kept context or not: an independent client reads the same messages
// in the same order, and everything that was accepted before close() comes before Close.
import type { Buffer } from 'node:buffer'
import fc from '../support/fast-check.js'
import { expect, test } from 'vitest'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { type Bench, bench, receive } from '../support/bench.js'
import { FrameReader, compressedFrames, deflated } from '../support/deflate-peer.js'
import { noise, prose } from '../support/samples.js'
import { turns } from '../support/wait.js'

class World {
  readonly b: Bench
  readonly expected: string[] = []
  readonly streams: Promise<boolean>[] = []
  pings = 0
  /** Of a fragmented message that is open. */
  #open: string | undefined
  #seed = 0

  constructor(agreed: object, zlib: ZlibPool) {
    this.b = bench({ compression: true, agreed, zlib, maxBufferedAmount: 1 << 26, maxMessageSize: 1 << 22 })
    this.b.on('message', (connection, message) => { connection.send(message) }).start()
  }

  text(size: number): string {
    return prose(size, this.#seed++ % 5)
  }

  whole(text: string, send: (text: string) => void): void {
    this.end()
    this.expected.push(text)
    send(text)
  }

  send(text: string, compress?: boolean): void {
    this.whole(text, (data) => { this.b.connection.send(data, compress === undefined ? {} : { compress }) })
  }

  part(text: string): void {
    this.#open = (this.#open ?? '') + text
    this.b.connection.send(text, { fin: false })
  }

  /** Messages of the application's own follow when a fragmented one has ended. */
  end(): void {
    if (this.#open === undefined) return
    this.expected.push(`${this.#open}.`)
    this.b.connection.send('.')
    this.#open = undefined
  }

  shared(text: string, compress?: boolean): void {
    this.end()
    this.expected.push(text)
    this.b.connection.sendShared(new SharedMessage(this.b.runtime, text, { compress }))
  }

  async stream(parts: string[]): Promise<void> {
    this.end()
    const sending = this.b.connection.sendStream(parts)
    this.expected.push(parts.join(''))
    this.streams.push(sending)
    await sending
  }
}

const actions: Record<string, (world: World) => unknown> = {
  'send small': (w) => { w.send(w.text(600)) },
  'send small, plain': (w) => { w.send(w.text(600), false) },
  'send tiny, compressed': (w) => { w.send(w.text(30), true) },
  'send nothing': (w) => { w.send('', true) },
  'send noise': (w) => { w.send(noise(2_000, w.expected.length).toString('latin1'), true) },
  'send 128 KiB': (w) => { w.send(w.text(131_072)) },
  'send 300 KB of noise and prose': (w) => { w.send(w.text(100_000) + noise(100_000, 3).toString('latin1')) },
  'send 1 MiB': (w) => { w.send(w.text(1 << 20)) },
  'send much noise': (w) => { w.send(noise(90_000, 5).toString('latin1')) },
  broadcast: (w) => { w.shared(w.text(900)) },
  'broadcast 100 KB': (w) => { w.shared(w.text(100_000)) },
  'broadcast plain': (w) => { w.shared(w.text(900), false) },
  'a part': (w) => { w.part(w.text(400)) },
  'an empty part': (w) => { w.part('') },
  'a stream': (w) => w.stream([w.text(500), '', w.text(70_000)]),
  'a frame deflated elsewhere': (w) => { w.whole(w.text(700), (text) => w.b.connection.sendFrame(new Frame({ opcode: Opcode.Text, rsv1: true, payload: deflated(text) }))) },
  'an echo': async (w) => { w.end(); const text = w.text(650); w.expected.push(text); receive(w.b, ...compressedFrames(deflated(text), { opcode: Opcode.Text })); await turns(1) },
  ping: (w) => { w.pings++; w.b.connection.ping('p') },
  'kernel: full': (w) => { w.b.stream.isStalled = true },
  'kernel: empty': (w) => { w.b.stream.release() },
}

const step = fc.tuple(fc.constantFrom(...Object.keys(actions)), fc.boolean())
const agreed = fc.constantFrom({}, { serverNoContextTakeover: false }, { serverNoContextTakeover: false, serverMaxWindowBits: 8 }, { serverMaxWindowBits: 10 })

test('any mixture of everything that sends', async () => {
  await fc.assert(fc.asyncProperty(agreed, fc.boolean(), fc.array(step, { minLength: 1, maxLength: 14 }), async (parameters, isPooled, steps) => {
    const zlib = new ZlibPool({ reusesContexts: isPooled || 'serverNoContextTakeover' in parameters })
    const world = new World(parameters, zlib)
    const { b } = world
    for (const [name, hasTurn] of steps) {
      // A stream waits for the kernel.
      if (name === 'a stream' || name === 'an echo') b.stream.release()
      await actions[name]!(world)
      if (hasTurn) await turns(1)
    }
    world.end()
    b.connection.close(4000)
    b.stream.release()
    await turns(4)
    const reader = new FrameReader({ keepsContext: 'serverNoContextTakeover' in parameters, windowBits: parameters.serverMaxWindowBits ?? 15 }).take(...b.stream.frames)
    expect(reader.data.map(shortened)).toEqual(world.expected.map(shortened))
    expect(reader.data.every((data, i) => data === world.expected[i])).toBe(true)
    expect(reader.controls.map(({ opcode }) => opcode)).toEqual([...Array.from({ length: world.pings }, () => Opcode.Ping), Opcode.Close])
    expect(b.host.counters.bytesDropped).toBe(0)
    b.connection.terminate()
    await turns(3)
    expect([zlib.heldBytes, b.errors, b.closed.length]).toEqual([0, [], 1])
  }), { seed: 6455, numRuns: 60 })
}, 60_000)

function shortened(data: string | Buffer): string {
  return `${data.length} ${data.slice(0, 20).toString()}`
}
