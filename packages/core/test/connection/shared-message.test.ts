// One message for many: encoded once, deflated once for each window among the receivers, whatever else they have agreed on.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import type { CompressionParameters } from '../../src/compression/parameters.js'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import type { Connection } from '../../src/connection/connection.js'
import { SharedMessage, type SharedMessageOptions } from '../../src/connection/shared-message.js'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { Bench, bench, receive } from '../support/bench.js'
import { FrameReader, PeerDeflater, compressedFrames, deflated } from '../support/deflate-peer.js'
import { FakeSocket } from '../support/fake-socket.js'
import { inflatePlainly } from '../support/inflate.js'
import { masked } from '../support/raw-peer.js'
import { noise, prose } from '../support/samples.js'
import { turns } from '../support/wait.js'

type Agreed = Partial<CompressionParameters>

/** Connections of one endpoint, each with what it has agreed on. */
function crowd(...agreed: readonly Agreed[]): Bench[] {
  return crowdWith(new ZlibPool(), agreed)
}

function crowdWith(zlib: ZlibPool, agreed: readonly Agreed[]): Bench[] {
  const first = bench({ compression: true, maxMessageSize: 1 << 22, agreed: agreed[0]!, zlib }).start()
  return [first, ...agreed.slice(1).map((one) => new Bench(new FakeSocket(), { agreed: one }, first).start())]
}

function broadcast(benches: readonly Bench[], data: string | Buffer, options?: SharedMessageOptions): number {
  const message = new SharedMessage(benches[0]!.runtime, data, options)
  return benches.filter((b) => b.connection.sendShared(message)).length
}

const readerOf = ({ serverNoContextTakeover = true, serverMaxWindowBits = 15 }: Agreed): FrameReader => new FrameReader({ keepsContext: !serverNoContextTakeover, windowBits: serverMaxWindowBits })

describe('FEATURES C4: once', () => {
  test('for each window, whatever the number of receivers; the plain ones share one frame, too', async () => {
    const groups: Agreed[] = [{}, { serverMaxWindowBits: 10 }, { serverNoContextTakeover: false }, { serverMaxWindowBits: 10, clientMaxWindowBits: 9 }]
    const agreed = groups.flatMap((group) => Array.from({ length: 25 }, () => group))
    const all = crowd(...agreed)
    expect(broadcast(all, prose(1_024))).toBe(100)
    await turns(2)
    expect(all[0]!.host.counters).toMatchObject({ messagesDeflated: 2, messagesSent: 100 })
    all.forEach((b, i) => { expect(readerOf(agreed[i]!).take(...b.stream.frames).messages).toEqual([{ data: prose(1_024), isCompressed: true, fragments: 1 }]) })
  })

  test('all receivers of a window write the same buffer object, small or large', async () => {
    for (const size of [1_024, 100_000]) {
      const all = crowd({}, {}, {}, { serverMaxWindowBits: 9 }, { serverMaxWindowBits: 9 })
      broadcast(all, prose(size))
      await turns(2)
      const parts = all.map((b) => b.stream.parts[0]!)
      expect(all.map((b) => b.stream.parts.length)).toEqual([1, 1, 1, 1, 1])
      expect([parts[1] === parts[0], parts[2] === parts[0], parts[3] === parts[0], parts[4] === parts[3]]).toEqual([true, true, false, true])
    }
  })

  test('what does not shrink is tried once for each window, and goes out plain', async () => {
    const all = crowd({}, {}, { serverMaxWindowBits: 9 })
    broadcast(all, noise(2_000))
    await turns(2)
    expect(all[0]!.host.counters.messagesDeflated).toBe(2)
    for (const b of all) expect(b.stream.frames).toMatchObject([{ rsv1: false, opcode: Opcode.Binary }])
    expect(all[2]!.stream.parts[0] === all[0]!.stream.parts[0]).toBe(true)
  })

  test('threshold, compress, text: as for a message of one\'s own', async () => {
    const [b] = crowd({})
    const cases: [string | Buffer, SharedMessageOptions | undefined][] = [['x'.repeat(60), undefined], ['x'.repeat(60), { compress: true }], ['x'.repeat(2_000), { compress: false }], [Buffer.alloc(2_000, 'x'), { text: true }], ['', { compress: true }]]
    for (const [data, options] of cases) broadcast([b!], data, options)
    await turns(2)
    expect(new FrameReader().take(...b!.stream.frames).messages.map(({ data, isCompressed }) => [typeof data, data.length, isCompressed]))
      .toEqual([['string', 60, false], ['string', 60, true], ['string', 2_000, false], ['string', 2_000, true], ['string', 0, false]])
  })

  test('to nobody, or to receivers without compression, nothing is deflated', async () => {
    const b = bench().start()
    new SharedMessage(b.runtime, 'x'.repeat(5_000), { compress: true })
    expect(broadcast([b], 'x'.repeat(5_000))).toBe(1)
    await turns(2)
    expect([b.host.counters.messagesDeflated, b.stream.frames[0]!.rsv1]).toEqual([0, false])
  })
})

describe('connections that keep their context', () => {
  test('decode broadcasts, plain ones and messages of their own in any order', async () => {
    const agreed: Agreed[] = [{ serverNoContextTakeover: false }, {}, { serverNoContextTakeover: false, serverMaxWindowBits: 9 }]
    const all = crowd(...agreed)
    const expected: string[] = []
    for (let i = 0; i < 40; i++) {
      const text = i % 7 === 3 ? noise(700, i).toString('latin1') : prose(600 + i, i % 5)
      expected.push(text)
      if (i % 3 === 0) broadcast(all, text, i % 2 === 0 ? { compress: true } : undefined)
      else for (const b of all) b.connection.send(text, { compress: i % 5 > 0 })
      if (i % 4 === 0) await turns(1)
    }
    await turns(2)
    all.forEach((b, i) => { expect(readerOf(agreed[i]!).take(...b.stream.frames).data).toEqual(expected) })
  })
})

describe('FEATURES A22: relay', () => {
  type Handler = (all: Bench[], message: string | Buffer, from: Connection) => unknown

  /** The first connection receives a compressed message; its handler sends it on. @returns runs of zlib's deflate */
  async function relaying(agreed: Agreed[], { payload, opcode = Opcode.Text }: { payload: Buffer; opcode?: Opcode }, handler: Handler) {
    const all = crowd(...agreed)
    all[0]!.on('message', (connection, message) => { if (connection === all[0]!.connection) return void handler(all, message, connection) })
    receive(all[0]!, ...compressedFrames(payload, { opcode }))
    await turns(5)
    return { all, runs: all[0]!.host.counters.messagesDeflated, messages: all.map((b, i) => readerOf(agreed[i]!).take(...b.stream.frames).messages) }
  }

  const TEXT = prose(2_000)
  const toAll: Handler = (all, message) => broadcast(all, message)
  const compressed = { data: TEXT, isCompressed: true, fragments: 1 }

  test('a string that is broadcast at once goes on as it came, to kept contexts, too', async () => {
    const payload = deflated(TEXT, 9)
    const { all, runs, messages } = await relaying([{}, {}, { serverNoContextTakeover: false }], { payload }, toAll)
    expect([runs, messages]).toEqual([0, [[compressed], [compressed], [compressed]]])
    for (const b of all) expect(b.stream.frames[0]!.payload.equals(payload)).toBe(true)
  })

  test('and one that is sent; large or small', async () => {
    for (const size of [600, 30_000, 200_000]) {
      const text = prose(size)
      const { runs, messages } = await relaying([{}, {}], { payload: deflated(text) }, (all, message) => all[1]!.connection.send(message))
      expect([runs, messages[1]!.length, messages[1]![0]!.data === text, messages[1]![0]!.fragments]).toEqual([0, 1, true, 1])
    }
  })

  test('one that is sent to a kept context: what follows does not count on it', async () => {
    const own = prose(900, 2)
    const { messages, runs } = await relaying([{}, { serverNoContextTakeover: false }], { payload: deflated(prose(40_000)) }, (all, message) => {
      for (const text of [own, message, own, own]) all[1]!.connection.send(text)
    })
    expect([runs, messages[1]!.map(({ data }) => data)]).toEqual([3, [own, prose(40_000), own, own]])
  })

  test('what goes out is not the memory it came in', async () => {
    const [all, text] = [crowd({}, {}), prose(40_000)]
    const wire = masked(compressedFrames(deflated(text), { opcode: Opcode.Text })[0]!)
    all[0]!.on('message', (_connection, message) => {
      all[1]!.connection.send(message)
      queueMicrotask(() => { wire.fill('!') })
    })
    all[0]!.stream.receive(wire)
    await turns(3)
    expect(new FrameReader().take(...all[1]!.stream.frames).data.map((data) => data === text)).toEqual([true])
  })

  test('where the receiver\'s window is smaller it is deflated again', async () => {
    const { runs, messages } = await relaying([{}, { serverMaxWindowBits: 10 }, { serverMaxWindowBits: 10 }, { serverMaxWindowBits: 15 }], { payload: deflated(TEXT) }, toAll)
    expect([runs, messages.slice(1)]).toEqual([1, [[compressed], [compressed], [compressed]]])
  })

  test('a sender that breaks its promise of a small window harms nobody', async () => {
    const far = Buffer.concat([noise(3_000), noise(3_000)])
    const agreed: Agreed[] = [{ clientMaxWindowBits: 9 }, { serverMaxWindowBits: 9 }, { serverMaxWindowBits: 15 }]
    expect(inflatePlainly(deflated(far)).maxDistance).toBeGreaterThan(512)
    const { all } = await relaying(agreed, { payload: deflated(far), opcode: Opcode.Binary }, (all, message) => broadcast(all, message, { relay: true, compress: true }))
    // Whether it is taken or refused is zlib's affair; what goes to others keeps to their windows.
    for (const frame of all[1]!.stream.frames.filter(({ rsv1 }) => rsv1)) expect(inflatePlainly(frame.payload).maxDistance).toBeLessThanOrEqual(512)
    for (const b of all.slice(1)) for (const { data } of new FrameReader().take(...b.stream.frames).messages) expect(far.equals(data as Buffer)).toBe(true)
  })

  test('bytes only where relay: true says that they are unchanged', async () => {
    const bytes = Buffer.from(TEXT)
    const runsFor = async (options: SharedMessageOptions): Promise<number> => (await relaying([{}, {}], { payload: deflated(bytes), opcode: Opcode.Binary }, (all, message) => broadcast(all, message, options))).runs
    expect([await runsFor({}), await runsFor({ relay: true }), await runsFor({ relay: true, compress: false })]).toEqual([1, 0, 0])
    const changed = await relaying([{}, {}], { payload: deflated(bytes), opcode: Opcode.Binary }, (all, message) => { (message as Buffer)[0] = 0x21; return broadcast(all, message) })
    expect(changed.messages[1]![0]!.data.toString()).toBe(`!${TEXT.slice(1)}`)
    const copied = await relaying([{}, {}], { payload: deflated(bytes), opcode: Opcode.Binary }, (all, message) => broadcast(all, Buffer.from(message as Buffer), { relay: true }))
    expect(copied.runs).toBe(1)
    const own = await relaying([{}, {}], { payload: deflated(bytes), opcode: Opcode.Binary }, (all, message) => all[1]!.connection.send(message, { relay: true }))
    expect([own.runs, own.messages[1]![0]!.isCompressed]).toEqual([0, true])
  })

  test.each([new ZlibPool(), new ZlibPool({ reusesContexts: false })])('not for a message with a final block: its receiver\'s stream would end', async (zlib) => {
    for (const payload of ['f348cdc9c9070000', 'f348cdc9c90700', 'f248cdc9c907000000ffff01']) {
      const all = crowdWith(zlib, [{}, {}])
      all[0]!.on('message', (_connection, message) => { broadcast(all.slice(1), message, { compress: true }) })
      receive(all[0]!, ...compressedFrames(Buffer.from(payload, 'hex'), { opcode: Opcode.Text }))
      await turns(5)
      expect(new FrameReader().take(...all[1]!.stream.frames).data, payload).toEqual(['Hello'])
      expect(all[0]!.host.counters.messagesDeflated, payload).toBe(1)
    }
  })

  test('not for one that may refer to earlier ones', async () => {
    const all = crowd({ clientNoContextTakeover: false }, {})
    all[0]!.on('message', (_connection, message) => { broadcast(all.slice(1), message) })
    const peer = new PeerDeflater({ keepsContext: true })
    for (let i = 0; i < 3; i++) receive(all[0]!, ...compressedFrames(peer.deflate(TEXT), { opcode: Opcode.Text }))
    await turns(3)
    expect(new FrameReader().take(...all[1]!.stream.frames).data).toEqual([TEXT, TEXT, TEXT])
    expect(all[0]!.host.counters.messagesDeflated).toBe(3)
  })

  test('not after an await, not for another message, not for one that waited for its turn', async () => {
    const later = await relaying([{}, {}], { payload: deflated(TEXT) }, async (all, message) => { await Promise.resolve(); broadcast(all, message) })
    expect([later.runs, later.messages[1]]).toEqual([1, [compressed]])
    const other = await relaying([{}, {}], { payload: deflated(TEXT) }, (all) => broadcast(all, prose(2_000, 2)))
    expect([other.runs, other.messages[1]![0]!.data]).toEqual([1, prose(2_000, 2)])
    const all = crowd({}, {})
    const plain = new Frame({ opcode: Opcode.Text, payload: 'first' })
    all[0]!.on('message', async (_connection, message) => { await turns(1); broadcast(all.slice(1), message) })
    receive(all[0]!, plain, ...compressedFrames(deflated(TEXT), { opcode: Opcode.Text }))
    await turns(10)
    expect([all[0]!.host.counters.messagesDeflated, new FrameReader().take(...all[1]!.stream.frames).data]).toEqual([1, ['first', TEXT]])
  })

  test('in fragments it is relayed in one frame; one that is compressed beyond 256 KiB is not kept', async () => {
    const all = crowd({}, {})
    all[0]!.on('message', (connection, message) => { if (connection === all[0]!.connection) broadcast(all.slice(1), message) })
    receive(all[0]!, ...compressedFrames(deflated(TEXT), { opcode: Opcode.Text, fragment: 100 }))
    await turns(3)
    expect([all[0]!.host.counters.messagesDeflated, all[1]!.stream.frames.length]).toEqual([0, 1])
    const large = prose(900_000)
    expect(deflated(large).length).toBeGreaterThan(256 * 1_024)
    receive(all[0]!, ...compressedFrames(deflated(large), { opcode: Opcode.Text, fragment: 50_000 }))
    await turns(30)
    const { data } = new FrameReader().take(...all[1]!.stream.frames)
    expect([all[0]!.host.counters.messagesDeflated, data.length, data[1] === large]).toEqual([1, 2, true])
  })

  test('a message that is cut short is refused, and nobody else gets it', async () => {
    const { all, runs } = await relaying([{}, {}], { payload: Buffer.from('00 05 00 fa ff 48 65 6c 6c 6f'.replaceAll(' ', ''), 'hex') }, toAll)
    expect([all[1]!.stream.frames, runs]).toEqual([[], 0])
    expect(all[0]!.stream.frames).toMatchObject([{ code: 1007 }])
  })
})
