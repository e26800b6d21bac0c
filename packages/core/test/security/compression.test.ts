// SECURITY.md, "Frames and messages", the rows about compression: a bomb or bad data costs its own connection, the limit in
// memory, and nobody else's time.
import { Buffer } from 'node:buffer'
import { describe, expect, test, vi } from 'vitest'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { CloseFrame, Frame, Opcode } from '../../src/protocol/index.js'
import { Runtime } from '../../src/runtime.js'
import { compressedFrames, deflated } from '../support/deflate-peer.js'
import { noise, prose } from '../support/samples.js'
import { type RawPeer, dial } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { turns, until } from '../support/wait.js'

const MIB = 1 << 20
const DEFLATE = { headers: ['Sec-WebSocket-Extensions: permessage-deflate'] }
const frame = (payload: Buffer, opcode: Opcode = Opcode.Binary): Frame => new Frame({ opcode, rsv1: true, payload })

describe('a bomb', () => {
  const pools = [['reused contexts', {}], ['one-shot functions', { reusesContexts: false }], ['no budget', { budget: 0 }]] as const

  test.each(pools)('fails with 1009, alone (%s)', async (_name, pool) => {
    const { endpoint, port, runtime, closeEvent } = await serve({ compression: true, maxMessageSize: MIB, runtime: new Runtime({ zlib: new ZlibPool(pool) }) })
    const seen: number[] = []
    endpoint.on('message', (connection, message) => { seen.push(message.length); connection.send('ok') })
    const [bystander, peer] = [await dial(port, DEFLATE), await dial(port, DEFLATE)]
    peer.send(...compressedFrames(deflated(Buffer.alloc(40 * MIB, 'x'), 9), { fragment: 10_000 }))
    expect(await peer.closeFrame()).toMatchObject({ code: 1009 })
    bystander.send(frame(deflated('still here'), Opcode.Text))
    expect((await bystander.frame(0)).payload.toString()).toBe('ok')
    await peer.closed()
    expect(await closeEvent()).toMatchObject({ code: 1009, clean: false, error: { code: 'WS_ERR_MESSAGE_TOO_BIG' } })
    expect([seen, runtime.zlib.heldBytes]).toEqual([[10], 0])
  })

  test('allocates no more than the limit and a little, whatever it would become', async () => {
    for (const [limit, text] of [[MIB, true], [MIB, false], [16 * MIB, false]] as const) {
      const { endpoint, port } = await serve({ compression: true, maxMessageSize: limit })
      endpoint.on('message', () => {})
      const peer = await dial(port, DEFLATE)
      const payload = deflated(Buffer.alloc(limit * 3, 'x'))
      const spies = [vi.spyOn(Buffer, 'allocUnsafeSlow'), vi.spyOn(Buffer, 'allocUnsafe'), vi.spyOn(Buffer, 'alloc')]
      const concat = vi.spyOn(Buffer, 'concat')
      peer.send(frame(payload, text ? Opcode.Text : Opcode.Binary))
      expect(await peer.closeFrame()).toMatchObject({ code: 1009 })
      const allocated = spies.flatMap((spy) => spy.mock.calls.map(([size]) => size)).reduce((sum, size) => sum + size, 0)
      const joined = concat.mock.calls.flatMap(([list]) => list.map(({ length }) => length)).reduce((sum, length) => Math.max(sum, length), 0)
      vi.restoreAllMocks()
      expect(allocated).toBeLessThan(limit + MIB)
      expect(allocated).toBeGreaterThan(limit / 2)
      expect(joined).toBeLessThan(MIB)
    }
  })

  test('exactly at the limit it is a message', async () => {
    const { endpoint, port } = await serve({ compression: true, maxMessageSize: MIB })
    const seen: number[] = []
    endpoint.on('message', (_connection, message) => { seen.push(message.length) })
    const peer = await dial(port, DEFLATE)
    peer.send(frame(deflated(Buffer.alloc(MIB))), frame(deflated(noise(MIB))), frame(deflated(Buffer.alloc(MIB), 0)))
    await until(() => seen.length === 3)
    expect(seen).toEqual([MIB, MIB, MIB])
  })

  test('a declared length that no message within the limit can have is refused before it comes', async () => {
    const { port } = await serve({ compression: true, maxMessageSize: MIB })
    const peer = await dial(port, DEFLATE)
    const header = Buffer.from('c2ff000000000000000000000000', 'hex')
    header.writeBigUInt64BE(BigInt(2 * MIB), 2)
    peer.socket.write(header)
    expect(await peer.closeFrame()).toMatchObject({ code: 1009 })
  })
})

describe('others have their turn', () => {
  /** How many Pings of another connection are answered before this one is done. */
  async function pingsDuring(attack: (peer: RawPeer) => void, isDone: (seen: number) => boolean): Promise<number> {
    const { endpoint, port } = await serve({ compression: true, maxMessageSize: 16 * MIB })
    let seen = 0
    endpoint.on('message', () => { seen++ })
    const [peer, other] = [await dial(port, DEFLATE), await dial(port)]
    let answered = 0
    attack(peer)
    while (!isDone(seen)) {
      other.ping()
      await until(() => other.frames.length > answered)
      answered = other.frames.length
    }
    return answered
  }

  test('while a large message is inflated', async () => {
    const payload = deflated(Buffer.alloc(16 * MIB))
    expect(await pingsDuring((peer) => { peer.send(frame(payload)) }, (seen) => seen === 1)).toBeGreaterThan(3)
  })

  test('while many small bombs of one segment are', async () => {
    const bomb = deflated(Buffer.alloc(60_000))
    expect(await pingsDuring((peer) => { peer.send(...Array.from({ length: 400 }, () => frame(bomb))) }, (seen) => seen === 400)).toBeGreaterThan(3)
  })

  test('while 30,000 empty final blocks are', async () => {
    const payload = Buffer.alloc(60_000, Buffer.of(3, 0))
    expect(await pingsDuring((peer) => { peer.send(frame(payload)) }, (seen) => seen === 1)).toBeGreaterThan(3)
  })
})

describe('bad data', () => {
  test.each<[string, Buffer]>([
    ['garbage', noise(100)], ['truncated', deflated(prose(500)).subarray(0, 100)], ['nothing', Buffer.alloc(0)], ['a reference to earlier messages', Buffer.from('f200110000', 'hex')],
    ['the reserved block type', Buffer.from('0700', 'hex')], ['garbage behind a message', Buffer.concat([deflated('x'), Buffer.of(0xff)])],
  ])('%s: 1007, and that connection alone', async (_what, payload) => {
    const { endpoint, port, runtime, errors } = await serve({ compression: { clientNoContextTakeover: false } })
    const seen: unknown[] = []
    endpoint.on('message', (connection, message) => { seen.push(message); connection.send('ok') })
    const [bystander, peer, kept] = [await dial(port, DEFLATE), await dial(port, { headers: ['Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover'] }), await dial(port, DEFLATE)]
    for (const victim of payload[0] === 0xf2 ? [peer] : [peer, kept]) {
      victim.send(frame(payload, Opcode.Text), 'after')
      expect(await victim.closeFrame()).toMatchObject({ code: 1007 })
      await victim.closed()
    }
    bystander.send(frame(deflated('still here'), Opcode.Text))
    await bystander.frame(0)
    expect([seen, errors]).toEqual([['still here'], []])
    for (const one of [bystander, kept]) one.socket.destroy()
    await until(() => runtime.zlib.heldBytes === 0, () => `${runtime.zlib.heldBytes} bytes held`)
  })

  test('compressed frames where nothing was agreed on: 1002', async () => {
    for (const [compression, options] of [[true, {}], [false, DEFLATE]] as const) {
      const { port } = await serve({ compression })
      const peer = await dial(port, options)
      peer.send(frame(deflated('x')))
      expect(await peer.closeFrame()).toMatchObject({ code: 1002 })
    }
  })
})

describe('memory comes back', () => {
  const steps: ((peer: RawPeer) => void)[] = [
    (peer) => { peer.send(frame(deflated(prose(400)), Opcode.Text)) },
    (peer) => { peer.send(...compressedFrames(deflated(prose(4_000)), { fragment: 100 }).slice(0, 3)) },
    (peer) => { peer.send(frame(deflated(Buffer.alloc(300_000)))) },
    (peer) => { peer.send(frame(Buffer.of(0xff))) },
    (peer) => { peer.send(frame(deflated(Buffer.alloc(2 * MIB)))) },
    () => {},
  ]
  const ends: ((peer: RawPeer) => void)[] = [(peer) => { peer.reset() }, (peer) => { peer.sendClose() }, (peer) => { peer.socket.end() }, (peer) => { peer.send(new CloseFrame(4000)); peer.reset() }]

  test('however connections open, work and end; those that are idle hold none', async () => {
    const { endpoint, port, runtime } = await serve({ compression: { serverNoContextTakeover: false, clientNoContextTakeover: false }, maxMessageSize: MIB,
      upgrade: async (handshake) => {
        if (handshake.request.url === '/slow') await turns(3)
        if (handshake.request.url === '/refused') return handshake.reject(403)
        return handshake.accept(undefined, handshake.request.url === '/wrong' ? { headers: { 'X-Wrong': 'a\r\nb' } } : {})
      } })
    endpoint.on('message', (connection, message) => {
      connection.send(message)
      if (message.length === 300_000) { connection.send(prose(200_000)); connection.send('part', { fin: false }) }
    })
    endpoint.on('error', () => {})
    const offers = ['permessage-deflate', 'permessage-deflate; server_no_context_takeover; client_no_context_takeover', 'permessage-deflate; client_no_context_takeover', 'x']
    let most = 0
    for (let round = 0; round < 25; round++) {
      await Promise.all(Array.from({ length: 12 }, async (_, i) => {
        const n = round * 12 + i
        const path = n % 11 === 0 ? '/wrong' : n % 13 === 0 ? '/refused' : n % 3 === 0 ? '/slow' : '/'
        const peer = await dial(port, { path, headers: [`Sec-WebSocket-Extensions: ${offers[n % 4]}`] }).catch(() => undefined)
        if (peer === undefined) return
        most = Math.max(most, runtime.zlib.heldBytes)
        steps[n % steps.length]!(peer)
        if (n % 2 === 0) await turns(2)
        ends[(n >> 2) % ends.length]!(peer)
      }))
    }
    await until(() => endpoint.connections.size === 0, () => `${endpoint.connections.size} connections`)
    expect(endpoint.stats().accepted).toBeGreaterThan(220)
    expect(most).toBeGreaterThan(0)
    expect(runtime.zlib.heldBytes).toBe(0)
  })

  test('an idle connection without context takeover holds nothing, whatever went before', async () => {
    const { endpoint, port, runtime } = await serve({ compression: true })
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const peer = await dial(port, DEFLATE)
    for (let i = 0; i < 5; i++) { peer.send(...compressedFrames(deflated(prose(100_000)), { opcode: Opcode.Text, fragment: 9_000 })); await until(() => peer.frames.filter(({ fin }) => fin).length > i) }
    expect(runtime.zlib.heldBytes).toBe(0)
  })

  test('beyond the budget nothing is kept, and everything works', async () => {
    const { endpoint, port, opened, runtime } = await serve({ compression: { serverNoContextTakeover: false }, runtime: new Runtime({ zlib: new ZlibPool({ budget: 600 * 1024 }) }) })
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const peers: RawPeer[] = []
    for (let i = 0; i < 5; i++) peers.push(await dial(port, DEFLATE))
    await until(() => opened.length === 5)
    expect(opened.map(({ extensions }) => extensions.includes('server_no_context_takeover'))).toEqual([false, false, true, true, true])
    for (const peer of peers) { peer.send(frame(deflated(prose(600)), Opcode.Text)); expect((await peer.frame(0)).rsv1).toBe(true) }
    peers[0]!.reset()
    await until(() => endpoint.connections.size === 4)
    await dial(port, DEFLATE)
    await until(() => opened.length === 6)
    expect(opened[5]!.extensions).not.toContain('server_no_context_takeover')
    expect(runtime.zlib.heldBytes).toBeLessThanOrEqual(600 * 1024)
  })
})
