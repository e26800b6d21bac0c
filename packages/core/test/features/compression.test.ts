// FEATURES A14, A17, A22, C4, as far as they are about compression: permessage-deflate between real sockets.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { deflatePayload, inflatePayload } from '@tocsin/core/compression'
import { type EndpointOptions, Frame, Opcode, WebSocketEndpoint, pack, unpack } from '../../src/index.js'
import { ZlibPool } from '../../src/compression/zlib-pool.js'
import { Runtime } from '../../src/runtime.js'
import { FrameReader, PeerDeflater, compressedFrames, deflated } from '../support/deflate-peer.js'
import { prose } from '../support/samples.js'
import { type RawPeer, dial } from '../support/raw-peer.js'
import { type Served, serve } from '../support/serve.js'
import { until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

const offering = (...offers: string[]) => ({ headers: [`Sec-WebSocket-Extensions: ${offers.join(', ')}`] })
const DEFLATE = offering('permessage-deflate; client_max_window_bits')
const TEXT = prose(3_000)

async function echoing(options: EndpointOptions<undefined> = {}): Promise<Served<undefined>> {
  const served = await serve({ compression: true, maxMessageSize: 1 << 22, ...options })
  served.endpoint.on('message', (connection, message) => { connection.send(message) })
  return served
}

async function messagesOf(peer: RawPeer, count: number, reader = new FrameReader()): Promise<FrameReader> {
  let taken = 0
  await until(() => { reader.take(...peer.frames.slice(taken)); taken = peer.frames.length; return reader.messages.length >= count }, () => `${count} messages; there are ${reader.messages.length}`)
  return reader
}

test('A14: masked and compressed frames go through pack and unpack', () => {
  for (const message of ['', 'ä', TEXT, Buffer.alloc(70_000, 'x')]) {
    const payload = deflatePayload(message)
    const bytes = pack(payload, { opcode: typeof message === 'string' ? Opcode.Text : Opcode.Binary, rsv1: true, mask: true })
    const before = Buffer.from(bytes)
    const { frame, bytesConsumed, masked } = unpack(Buffer.concat([bytes, Buffer.from('next')]))!
    expect([bytesConsumed, masked, frame.rsv1, frame.fin]).toEqual([bytes.length, true, true, true])
    expect(inflatePayload(frame.payload).equals(Buffer.from(message as Buffer))).toBe(true)
    expect(bytes.equals(before)).toBe(true)
  }
})

describe('A17: flags of a message', () => {
  test('compress: true and false, and fragments of a compressed message', async () => {
    const { port, connection } = await serve({ compression: true })
    const peer = await dial(port, DEFLATE)
    const open = await connection()
    open.send('x'.repeat(40), { compress: true })
    open.send(TEXT, { compress: false })
    open.send('a', { fin: false })
    open.ping()
    open.send('b')
    await open.sendStream([TEXT, TEXT])
    const { messages } = await messagesOf(peer, 4)
    expect(messages.map(({ data, isCompressed }) => [data, isCompressed])).toEqual([['x'.repeat(40), true], [TEXT, false], ['ab', true], [TEXT + TEXT, true]])
  })

  test('the options of push, publish and broadcast', async () => {
    const { endpoint, port, connection } = await serve({ compression: true })
    const peer = await dial(port, DEFLATE)
    const open = await connection()
    open.subscribe('all')
    for (const compress of [true, false]) {
      endpoint.broadcast('x'.repeat(40), { compress })
      endpoint.publish('all', 'x'.repeat(40), { compress })
      endpoint.push(open.id, 'x'.repeat(40), { compress })
      endpoint.push(open.id, 'x'.repeat(40), { compress, opcode: Opcode.Binary })
    }
    const { messages } = await messagesOf(peer, 8)
    expect(messages.map(({ isCompressed }) => isCompressed)).toEqual([true, true, true, true, false, false, false, false])
  })
})

describe('A22: negotiation', () => {
  test.each<[EndpointOptions<undefined>, string[], string | undefined]>([
    [{ compression: true }, ['permessage-deflate'], 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'],
    [{ compression: false }, ['permessage-deflate'], undefined],
    [{}, ['permessage-deflate'], undefined],
    [{ compression: true }, ['x-own', 'permessage-deflate; server_max_window_bits=7', 'permessage-deflate; server_max_window_bits=8'], 'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=8'],
    [{ compression: true }, ['permessage-deflate; __proto__'], undefined],
    [{ compression: { serverNoContextTakeover: false, clientNoContextTakeover: false, clientMaxWindowBits: 9 } }, ['permessage-deflate; client_max_window_bits'], 'permessage-deflate; client_max_window_bits=9'],
    [{ compression: { clientNoContextTakeover: false }, runtime: new Runtime({ zlib: new ZlibPool({ budget: 0 }) }) }, ['permessage-deflate'], 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'],
    [{ compression: { serverNoContextTakeover: false }, runtime: new Runtime({ zlib: new ZlibPool({ reusesContexts: false }) }) }, ['permessage-deflate'], 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'],
  ])('row %#', async (options, offers, expected) => {
    const { port, connection } = await serve(options)
    const peer = await dial(port, offering(...offers))
    expect(peer.header('sec-websocket-extensions')).toBe(expected)
    expect((await connection()).extensions).toBe(expected ?? '')
  })

  test('malformed: the handshake fails with 400', async () => {
    const { port } = await serve({ compression: true })
    await expect(dial(port, offering('permessage-deflate; server_max_window_bits='))).rejects.toThrow(/ 400 /)
  })

  test('an option out of range is a usage error', () => {
    expect(() => new WebSocketEndpoint({ compression: { serverMaxWindowBits: 7 } })).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION' }))
  })
})

describe('A22: messages', () => {
  const contexts = [{ serverNoContextTakeover: false, clientNoContextTakeover: false }, {}]
  const sizes = [0, 1, 125, 126, 65_535, 65_536, 1 << 20, (1 << 20) + 1]

  test.each(contexts)('`ws` as a client, %o', async (compression) => {
    const { endpoint, port } = await echoing({ compression: { threshold: 0, ...compression } })
    const client = await connectWs(port, { perMessageDeflate: { threshold: 0 } })
    const messages = sizes.map((size) => prose(size))
    for (const message of messages) client.socket.send(message)
    expect((await client.received(sizes.length)).every((message, i) => message === messages[i])).toBe(true)
    expect(client.socket.extensions).toContain('permessage-deflate')
    expect(endpoint.stats()).toMatchObject({ messagesInflated: sizes.length, messagesReceived: sizes.length, messagesSent: sizes.length })
    // One message does not shrink; a byte and an empty one never do.
    expect(endpoint.stats().bytesSent).toBeLessThan(2_000_000)
  })

  test('Node\'s own WebSocket as a client', async () => {
    const { endpoint, port } = await echoing()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`)
    const received: string[] = []
    socket.addEventListener('message', ({ data }) => received.push(data as string))
    socket.addEventListener('open', () => { for (const size of [10, 3_000, 300_000]) socket.send(prose(size)) })
    await until(() => received.length === 3)
    expect(received.map((text, i) => text === prose([10, 3_000, 300_000][i]!))).toEqual([true, true, true])
    expect(endpoint.stats().messagesDeflated).toBeGreaterThan(0)
    socket.close()
  })

  test('a raw peer: fragments with Pings in between, one window of 8 bits each way', async () => {
    const { port } = await echoing({ compression: { serverNoContextTakeover: false, clientNoContextTakeover: false, threshold: 0 } })
    const peer = await dial(port, offering('permessage-deflate; server_max_window_bits=8; client_max_window_bits=8'))
    expect(peer.header('sec-websocket-extensions')).toBe('permessage-deflate; server_max_window_bits=8; client_max_window_bits=8')
    const own = new PeerDeflater({ keepsContext: true, windowBits: 8 })
    const texts = [prose(500), prose(500), 'Grüße', prose(70_000)]
    for (const text of texts) peer.send(...compressedFrames(own.deflate(text), { opcode: Opcode.Text, fragment: 300 }).flatMap((frame) => [frame, new Frame({ opcode: Opcode.Ping })]))
    const reader = await messagesOf(peer, texts.length, new FrameReader({ keepsContext: true, windowBits: 8 }))
    expect(reader.data).toEqual(texts)
  })

  test('early data: compressed frames in the request\'s own segment', async () => {
    const { port } = await echoing({ upgrade: async (handshake) => { await Promise.resolve(); return handshake.accept() } })
    const extra = Buffer.concat(compressedFrames(deflated(TEXT), { opcode: Opcode.Text, fragment: 500 }).map((frame) => pack(frame, { mask: true })))
    const peer = await dial(port, { ...DEFLATE, extra })
    expect((await messagesOf(peer, 1)).data).toEqual([TEXT])
  })

  test('a message is relayed as it came, without deflating it again', async () => {
    const { endpoint, port, opened } = await serve({ compression: true })
    endpoint.on('message', (connection, message) => { endpoint.broadcast(message, { except: connection, relay: true }) })
    const peers = await Promise.all(Array.from({ length: 4 }, () => dial(port, DEFLATE)))
    await until(() => opened.length === 4)
    const payload = deflated(TEXT, 9)
    peers[0]!.send(...compressedFrames(payload, { opcode: Opcode.Text }), ...compressedFrames(payload))
    for (const peer of peers.slice(1)) {
      expect((await messagesOf(peer, 2)).data.map(String)).toEqual([TEXT, TEXT])
      expect(peer.frames.every((frame) => frame.payload.equals(payload))).toBe(true)
    }
    expect(endpoint.stats()).toMatchObject({ messagesDeflated: 0, messagesInflated: 2 })
  })
})

test('C4: 1 KiB to 1,000 receivers: one deflate for each set of parameters', async () => {
  const runtime = new Runtime({ zlib: new ZlibPool({ budget: Infinity }) })
  const { endpoint, port, opened } = await serve({ compression: { serverNoContextTakeover: false }, runtime })
  const groups = [[], ['permessage-deflate; server_no_context_takeover'], ['permessage-deflate; server_no_context_takeover; server_max_window_bits=10'], ['permessage-deflate']]
  const peers: RawPeer[] = []
  for (let i = 0; i < 1_000; i += 100) peers.push(...await Promise.all(Array.from({ length: 100 }, (_, j) => dial(port, groups[(i + j) % 4]!.length > 0 ? offering(...groups[(i + j) % 4]!) : {}))))
  await until(() => opened.length === 1_000)
  const kept = opened.filter(({ extensions }) => extensions === 'permessage-deflate; client_no_context_takeover')
  expect(kept.length).toBe(250)
  for (const connection of kept) connection.send(prose(1_024, 2))
  const before = endpoint.stats().messagesDeflated
  expect(endpoint.broadcast(prose(1_024))).toBe(1_000)
  expect(endpoint.stats().messagesDeflated - before).toBe(2)
  for (const connection of kept) connection.send(prose(1_024, 2))
  const own = prose(1_024, 2)
  for (const [i, peer] of peers.entries()) {
    const keepsContext = i % 4 === 3
    const { messages } = await messagesOf(peer, keepsContext ? 3 : 1, new FrameReader({ keepsContext, windowBits: i % 4 === 2 ? 10 : 15 }))
    expect(messages.map(({ data }) => data)).toEqual(keepsContext ? [own, prose(1_024), own] : [prose(1_024)])
    expect(messages[0]!.isCompressed).toBe(i % 4 > 0)
  }
}, 20_000)
