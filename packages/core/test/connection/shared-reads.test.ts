// One read buffer for all sockets: nothing that is kept may lie in it, and nothing is read that was not asked for. Every case also
// runs with each socket's own buffers, the fallback.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { Socket, connect, createServer } from 'node:net'
import { TLSSocket } from 'node:tls'
import fc from '../support/fast-check.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect as connectClient } from '@tocsin/testing'
import { type OnRead, SharedReads } from '../../src/connection/shared-reads.js'
import { type Connection, type EndpointOptions, Frame, Opcode, Runtime, WebSocketEndpoint, deflatePayload, pack } from '../../src/index.js'
import { RawPeer, masked, upgradeRequest } from '../support/raw-peer.js'
import { until } from '../support/wait.js'

async function serve(sharesReads: boolean, options: EndpointOptions<undefined> = {}) {
  const endpoint = new WebSocketEndpoint({ maxMessageSize: 1 << 24, ...options, runtime: new Runtime({ sharesReads }) })
  const { port } = await endpoint.listen(0, '127.0.0.1')
  onTestFinished(() => endpoint.close({ deadline: 100 }))
  return { endpoint, port }
}

async function dial(port: number, headers: readonly string[] = []): Promise<RawPeer> {
  const peer = new RawPeer(connect(port, '127.0.0.1'))
  peer.socket.write(upgradeRequest({ headers }))
  await until(() => peer.head !== '')
  return peer
}

/** Bytes that say whose they are. */
const filled = (size: number, seed: number): Buffer => Buffer.alloc(size, createHash('sha256').update(String(seed)).digest())
const digest = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex')

describe.each([['shared', true], ['own', false]] as const)('%s buffers', (_name, sharesReads) => {
  test.each(['string', 'bytes'] as const)('messages that are kept stay as they were, whatever others send (%s)', async (text) => {
    const { endpoint, port } = await serve(sharesReads, { text })
    const kept: (string | Buffer)[] = []
    endpoint.on('message', (_connection, message) => { kept.push(message) })
    const peers = [await dial(port), await dial(port), await dial(port)]
    const sizes = [1, 100, 4_096, 4_097, 9_000, 40_000, 65_000, 65_536, 70_000, 200_000]
    const sent: string[] = []
    for (const [round, size] of sizes.entries()) {
      for (const [who, peer] of peers.entries()) {
        const bytes = filled(size, round * 10 + who)
        sent.push(digest(bytes))
        peer.socket.write(masked(bytes, { opcode: Opcode.Binary }))
      }
      await until(() => kept.length === sent.length)
    }
    expect(kept.map((message) => digest(message as Buffer)).sort()).toEqual(sent.sort())
  })

  test('what waits in the middle of a chunk survives the reads of others', async () => {
    const { endpoint, port } = await serve(sharesReads, { compression: true })
    const seen: string[] = []
    let slow: Connection<undefined> | undefined
    endpoint.on('open', (connection) => { slow ??= connection })
    endpoint.on('message', (connection, message) => {
      seen.push(String(message).slice(0, 8))
      if (connection === slow && message === 'pause') connection.pause()
    })
    const offer = ['Sec-WebSocket-Extensions: permessage-deflate']
    const [first, second] = [await dial(port, offer), await dial(port, offer)]
    const deflated = pack(new Frame({ opcode: Opcode.Text, payload: deflatePayload('deflated'.repeat(100)), rsv1: true }), { mask: true })
    first.socket.write(masked('warm up'))
    await until(() => seen.length === 1)
    first.socket.write(Buffer.concat([masked('pause'), masked('behind 1'), deflated, masked('behind 2')]))
    await until(() => seen.length === 2)
    for (let i = 0; i < 20; i++) second.socket.write(masked(`other ${i} ${'z'.repeat(2_000)}`))
    await until(() => seen.length === 22)
    slow!.resume()
    await until(() => seen.length === 25)
    expect(seen.slice(22)).toEqual(['behind 1', 'deflated', 'behind 2'])
  })

  test('a long inflation goes on after the reads of others', async () => {
    const { endpoint, port } = await serve(sharesReads, { compression: true, text: 'bytes' })
    const kept: string[] = []
    endpoint.on('message', (_connection, message) => { kept.push(digest(message as Buffer)) })
    const offer = ['Sec-WebSocket-Extensions: permessage-deflate']
    const peers = [await dial(port, offer), await dial(port, offer)]
    for (const peer of peers) peer.socket.write(masked('warm up'))
    await until(() => kept.length === 2)
    const large = [0, 1].map((who) => filled(3_000_000, who))
    for (const [who, peer] of peers.entries()) {
      peer.socket.write(pack(new Frame({ opcode: Opcode.Binary, payload: deflatePayload(large[who]!), rsv1: true }), { mask: true }))
      peer.socket.write(masked('behind'))
    }
    await until(() => kept.length === 6)
    const expected = [...large.map(digest), ...['warm up', 'behind', 'warm up', 'behind'].map((text) => digest(Buffer.from(text)))]
    expect([...kept].sort()).toEqual(expected.sort())
  })

  test('a message that goes on as it came is still that message', async () => {
    const { endpoint, port } = await serve(sharesReads, { compression: true })
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const clients = await Promise.all([1, 2, 3].map(() => connectClient({ port, compression: true })))
    for (const client of clients) client.send('warm up')
    for (const client of clients) await client.next()
    const texts = clients.map((_client, i) => `${'abc'[i]}${i}`.repeat(150_000))
    for (const [i, client] of clients.entries()) client.send(texts[i]!)
    expect(await Promise.all(clients.map((client) => client.next()))).toEqual(texts)
    expect(endpoint.stats()).toMatchObject({ messagesInflated: 3, messagesDeflated: 0 })
    for (const client of clients) await client.close()
  })

  test('paused, nothing is read; FIN behind what waits is seen after it', async () => {
    const { endpoint, port } = await serve(sharesReads)
    const seen: string[] = []
    let closed = 0
    let connection: Connection<undefined> | undefined
    endpoint.on('open', (opened) => { connection = opened })
    endpoint.on('message', (_connection, message) => { seen.push(String(message)) })
    endpoint.on('close', () => { closed++ })
    const peer = await dial(port)
    peer.socket.write(masked('before'))
    await until(() => seen.length === 1)
    connection!.pause()
    const received = connection!.info.bytesReceived
    peer.socket.write(masked('after'))
    peer.socket.end()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect([seen, closed, connection!.info.bytesReceived]).toEqual([['before'], 0, received])
    connection!.resume()
    await until(() => closed === 1)
    expect(seen).toEqual(['before', 'after'])
  })

  test('any cuts, any sizes: what comes back is what was sent', async () => {
    const { endpoint, port } = await serve(sharesReads)
    endpoint.on('message', async (connection, message) => {
      if (message.length % 3 === 0) await Promise.resolve()
      connection.send(message)
    })
    const peer = await dial(port)
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.integer({ min: 1, max: 30_000 })), async (sizes, cuts) => {
      const messages = sizes.map((size, i) => filled(size, i))
      const wire = Buffer.concat(messages.map((message) => masked(message, { opcode: Opcode.Binary })))
      const start = peer.frames.length
      for (let at = 0; at < wire.length;) {
        const end = at + Number(cuts.next().value)
        peer.socket.write(wire.subarray(at, end))
        at = end
        await new Promise(setImmediate)
      }
      await until(() => peer.frames.length === start + messages.length)
      expect(peer.frames.slice(start).map(({ payload }) => digest(payload))).toEqual(messages.map(digest))
    }), { numRuns: 25, seed: 6455 })
  })
})

describe('which sockets', () => {
  const onRead: OnRead = () => true

  test('this Node\'s can; a socket that is not connected, or not flowing, stays as it is', async () => {
    const reads = new SharedReads()
    expect(reads.adopt(new Socket(), onRead)).toBe(false)
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as { port: number }).port, '127.0.0.1')
    onTestFinished(() => { client.destroy(); server.close() })
    await once(client, 'connect')
    expect(reads.adopt(client, onRead)).toBe(false)
    client.resume()
    expect(new SharedReads(false).adopt(client, onRead)).toBe(false)
    expect(reads.adopt(client, onRead)).toBe(true)
    expect(reads.adopt(client, onRead)).toBe(false)
  })

  test('TLS and other streams keep their own', () => {
    expect(new SharedReads().adopt(new TLSSocket(new Socket()), onRead)).toBe(false)
  })
})
