// Any sequence of sends, of kernels that take and do not take, and of policies, against a model in a few lines of list
// operations: the same is accepted, the same waits, the same arrives, read by an independent client, and the account adds up.
import { Buffer } from 'node:buffer'
import fc from '../support/fast-check.js'
import { expect, test } from 'vitest'
import { type SlowConsumerPolicy, WAITING_OVERHEAD } from '../../src/connection/send-limits.js'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { frameHeaderSize } from '../../src/protocol/frame-writer.js'
import { Opcode } from '../../src/protocol/index.js'
import { type Bench, bench } from '../support/bench.js'
import { FrameReader } from '../support/deflate-peer.js'
import { prose } from '../support/samples.js'
import { turns } from '../support/wait.js'

type Policy = Exclude<SlowConsumerPolicy, 'close'>

interface Message {
  readonly text: string
  readonly key: string | undefined
  /** While it waits. */
  readonly size: number
}

interface Setting {
  readonly policy: Policy
  readonly maxBufferedMessages: number
  readonly maxBufferedAmount: number
  /** Undefined: no compression. */
  readonly keepsContext: boolean | undefined
}

class World {
  readonly b: Bench
  readonly setting: Setting
  readonly arriving: string[] = []
  waiting: Message[] = []
  accepted = 0
  dropped = 0
  pings = 0
  /** Whether every send was accepted or not as the model says. */
  isAsExpected = true
  /** Of a fragmented message that is open. */
  #open: string | undefined
  #count = 0

  constructor(setting: Setting) {
    const { policy, maxBufferedAmount, maxBufferedMessages, keepsContext } = setting
    this.setting = setting
    this.b = bench({ slowConsumer: policy, maxBufferedAmount, maxBufferedMessages, compression: keepsContext !== undefined, agreed: { serverNoContextTakeover: keepsContext !== true } }).start()
  }

  text(size: number): string {
    return `${this.#count++} ${prose(size, this.#count % 3)}`
  }

  /** What left meanwhile did so in its order. */
  sync(): void {
    const { bufferedMessages } = this.b.connection.info
    this.arriving.push(...this.waiting.splice(0, this.waiting.length - bufferedMessages).map(({ text }) => text))
  }

  /** Of what no policy can drop any more. */
  get #held(): number {
    return this.b.wire.outgoing.heldCost
  }

  send(text: string, key?: string): void {
    const size = Buffer.byteLength(text)
    if (this.#open === undefined) this.#offer({ text, key, size: frameHeaderSize(size) + size }, size, () => this.b.connection.send(text, { key, compress: true }))
  }

  shared(text: string, key?: string): void {
    const message = new SharedMessage(this.b.runtime, text, { key, compress: true })
    const { size } = message.frameFor(this.b.wire.compression)
    this.#offer({ text, key, size }, size, () => this.b.connection.sendShared(message))
  }

  #offer(message: Message, size: number, send: () => boolean): void {
    const waits = this.b.wire.outgoing.mustWait
    const left = this.#afterPolicy({ key: message.key, size, waits })
    this.#check(send(), left !== undefined)
    if (left === undefined) return
    this.accepted++
    this.#keep(left)
    if (waits) this.waiting.push(message)
    else this.arriving.push(message.text)
  }

  #check(isAccepted: boolean, isExpected: boolean): void {
    this.isAsExpected &&= isAccepted === isExpected
  }

  #keep(left: Message[]): void {
    this.dropped += this.waiting.length - left.length
    this.waiting = left
  }

  /** What still waits if this is accepted; undefined: it is not. */
  #afterPolicy({ key, size, waits }: { key: string | undefined; size: number; waits: boolean }): Message[] | undefined {
    const { policy, maxBufferedAmount, maxBufferedMessages } = this.setting
    const [held, isKept] = [this.#held, (message: Message): boolean => policy === 'latest' && message.key !== undefined]
    const cost = (list: Message[]): number => list.reduce((sum, message) => sum + message.size + WAITING_OVERHEAD, held + size + (waits ? WAITING_OVERHEAD : 0))
    const fits = (list: Message[]): boolean => cost(list) <= maxBufferedAmount && (!waits || list.length < maxBufferedMessages)
    let list = this.waiting.filter((message) => policy !== 'latest' || key === undefined || message.key !== key)
    while (!fits(list) && policy !== 'drop-newest' && !list.every(isKept)) list = list.toSpliced(list.findIndex((message) => !isKept(message)), 1)
    return fits(list) ? list : undefined
  }

  part(text: string): void {
    if (this.#open === undefined) return this.#begin(text)
    const overhead = this.b.wire.outbox.isBlocked ? WAITING_OVERHEAD : 0
    const fits = this.#held + Buffer.byteLength(text) + overhead <= this.setting.maxBufferedAmount
    this.#check(this.b.connection.send(text, { fin: false }), fits)
    if (fits) this.#open += text
  }

  #begin(text: string): void {
    const left = this.#afterPolicy({ key: undefined, size: Buffer.byteLength(text), waits: false })
    this.#check(this.b.connection.send(text, { fin: false }), left !== undefined)
    if (left === undefined) return
    this.#keep(left)
    this.arriving.push(...this.waiting.splice(0).map((message) => message.text))
    this.#open = text
  }

  end(): void {
    if (this.#open === undefined || !this.b.connection.send('.')) return
    this.arriving.push(`${this.#open}.`)
    this.accepted++
    this.#open = undefined
  }

  ping(): void {
    if (this.b.connection.ping('p')) this.pings++
  }
}

const actions: Record<string, (world: World) => void> = {
  'send small': (w) => { w.send(w.text(30)) },
  'send more': (w) => { w.send(w.text(300)) },
  'send much': (w) => { w.send(w.text(90_000)) },
  'send x': (w) => { w.send(w.text(40), 'x') },
  'send y': (w) => { w.send(w.text(200), 'y') },
  broadcast: (w) => { w.shared(w.text(100)) },
  'broadcast x': (w) => { w.shared(w.text(20), 'x') },
  'broadcast z': (w) => { w.shared(w.text(500), 'z') },
  'a part': (w) => { w.part(w.text(60)) },
  'the end': (w) => { w.end() },
  ping: (w) => { w.ping() },
  'kernel: full': (w) => { w.b.stream.isStalled = true },
  'kernel: takes one write': (w) => { w.b.stream.releaseOne() },
  'kernel: empty': (w) => { w.b.stream.release() },
}

const setting: fc.Arbitrary<Setting> = fc.record({
  policy: fc.constantFrom<Policy[]>('drop-newest', 'drop-oldest', 'latest'),
  maxBufferedMessages: fc.constantFrom(1, 2, 3, 5, Infinity),
  maxBufferedAmount: fc.constantFrom(900, 2_500, 5_000, 200_000),
  keepsContext: fc.constantFrom(undefined, false, true),
})
const step = fc.tuple(fc.constantFrom(...Object.keys(actions)), fc.boolean())

test('what is accepted, waits, is dropped and arrives is what the model says', async () => {
  await fc.assert(fc.asyncProperty(setting, fc.array(step, { maxLength: 60 }), async (chosen, steps) => {
    const world = new World(chosen)
    const { b } = world
    for (const [name, hasTurn] of [['kernel: full', false] as const, ...steps]) {
      actions[name]!(world)
      if (name.startsWith('kernel') || name === 'the end') world.sync()
      expect(b.connection.info.bufferedMessages, name).toBe(world.waiting.length)
      expect(world.isAsExpected, name).toBe(true)
      if (hasTurn) await turns(1)
      world.sync()
    }
    b.stream.release()
    await b.connection.drained()
    world.end()
    await turns(4)
    world.sync()
    expect(b.connection.isEstablished).toBe(true)
    const reader = new FrameReader({ keepsContext: chosen.keepsContext === true }).take(...b.stream.frames)
    expect(reader.data).toEqual(world.arriving)
    expect(reader.controls.map(({ opcode }) => opcode)).toEqual(Array.from({ length: world.pings }, () => Opcode.Ping))
    expect(b.host.counters).toMatchObject({ messagesSent: world.accepted, messagesDropped: world.dropped, slowConsumersClosed: 0 })
    expect(world.accepted, 'accepted = arrived + dropped').toBe(reader.messages.length + b.connection.info.messagesDropped)
    expect([b.connection.bufferedAmount, b.runtime.pinnedSlabs.bytes, b.errors]).toEqual([0, 0, []])
  }), { numRuns: Number(process.env['TOCSIN_RUNS'] ?? 120) })
}, 60_000)
