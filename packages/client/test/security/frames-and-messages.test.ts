// What a hostile server must not do to an open client: memory, time, and frames that only look right (RFC 6455 §5, §10).
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { deflateRawSync } from 'node:zlib'
import { acceptKey } from '@tocsin/core/handshake'
import { Opcode, pack } from '@tocsin/core/protocol'
import { settle } from '@tocsin/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketClient, type WebSocketClientOptions } from '../../src/index.js'
import { type RawOptions, openRaw } from '../support/raw-server.js'

const MEBIBYTE = 1 << 20
const ANSWER = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover'
const DEFLATE: RawOptions & { accept: object } = { compression: true, accept: { fields: { 'Sec-WebSocket-Extensions': ANSWER } }, capacity: MEBIBYTE }
const cleanups: (() => void)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup()
  await settle()
})

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Bytes outside of the heap that are in use, and not garbage. */
function memory(): number {
  collectGarbage()
  return process.memoryUsage().external
}

async function open(options: Parameters<typeof openRaw>[0] = {}) {
  const { client, peer } = await openRaw({ pingInterval: false, ...options })
  const messages: unknown[] = []
  client.on('message', (message) => { messages.push(message) })
  await settle()
  return { client, peer, messages }
}

describe('a masked frame (§5.1)', () => {
  it.each([['text', pack('hi', { mask: true })], ['a Ping', pack('', { opcode: Opcode.Ping, mask: true })], ['with a key of zeros', Buffer.of(0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69)]])('%s is 1002', async (_, bytes) => {
    const { peer, messages } = await open()
    await peer.write(bytes)
    expect([await peer.closeCodes(), messages]).toEqual([[1002], []])
  })
})

describe('64-bit lengths', () => {
  it.each([
    ['2^63', '8000000000000000', 1002], ['2^64 - 1', 'ffffffffffffffff', 1002], ['2^63 - 1', '7fffffffffffffff', 1009],
    ['2^53', '0020000000000000', 1009], ['2^32 + 1', '0000000100000001', 1009], ['1 MiB + 1', '0000000000100001', 1009],
  ])('%s: nothing is allocated for it', async (_, length, code) => {
    const { client, peer } = await open()
    const before = memory()
    await peer.write(Buffer.from(`827f${length}`, 'hex'))
    expect(await peer.closeCodes()).toEqual([code])
    expect(memory() - before).toBeLessThan(MEBIBYTE)
    peer.socket.end()
    expect(await client.closed).toMatchObject({ code, clean: false, initiator: 'local' })
  })

  it('1 MiB, declared and not sent: nothing is allocated in advance', async () => {
    const before = memory()
    const all = await Promise.all(Array.from({ length: 50 }, () => open()))
    for (const { peer } of all) await peer.write(Buffer.from('827f0000000000100000', 'hex'))
    expect(all.every(({ client }) => client.readyState === 1)).toBe(true)
    expect(memory() - before).toBeLessThan(16 * MEBIBYTE)
  })
})

describe('bombs', () => {
  const bomb = deflateRawSync(Buffer.alloc(64 * MEBIBYTE), { level: 9 })

  it('64 MiB of zeros in one frame: 1009 at the limit', async () => {
    const { client, peer, messages } = await open(DEFLATE)
    const before = memory()
    await peer.write(pack(bomb, { opcode: Opcode.Binary, rsv1: true }))
    await settle(50)
    expect(memory() - before).toBeLessThan(16 * MEBIBYTE)
    expect([await peer.closeCodes(), messages]).toEqual([[1009], []])
    peer.socket.end()
    expect(await client.closed).toMatchObject({ code: 1009, error: { code: 'WS_ERR_MESSAGE_TOO_BIG' } })
  })

  it('in many fragments: the same', async () => {
    const { peer, messages } = await open(DEFLATE)
    for (let at = 0; at < bomb.length && peer.socket.writable; at += 500) {
      const isFirst = at === 0
      await peer.write(pack(bomb.subarray(at, at + 500), { opcode: isFirst ? Opcode.Binary : Opcode.Continuation, rsv1: isFirst, fin: at + 500 >= bomb.length }))
    }
    expect([await peer.closeCodes(), messages]).toEqual([[1009], []])
  })

  it('without the agreement on compression RSV1 is 1002, and nothing is inflated', async () => {
    const { peer } = await open({ capacity: MEBIBYTE })
    await peer.write(pack(bomb, { opcode: Opcode.Binary, rsv1: true }))
    expect(await peer.closeCodes()).toEqual([1002])
  })
})

describe('floods', () => {
  it('of empty fragments: nothing grows', async () => {
    const { client, peer, messages } = await open({ capacity: MEBIBYTE })
    await peer.send({ opcode: Opcode.Text, payload: '', fin: false })
    const before = memory()
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.of(0, 0)))
    for (let count = 0; count < 50; count++) await peer.write(many)
    expect([client.readyState, messages.length, memory() - before < 8 * MEBIBYTE]).toEqual([1, 0, true])
    await peer.write(Buffer.of(0x80, 0))
    expect(messages).toEqual([''])
  })

  it('of messages that nobody takes: 16 wait, the server keeps the rest', async () => {
    const { client, peer } = await openRaw({ capacity: 4_096 })
    client.pause()
    let written = 0
    for (; written < 1_000 && !peer.socket.writableNeedDrain; written++) await peer.write(pack('x'.repeat(1_000)))
    expect(written).toBeLessThan(100)
  })

  it('of Pings by a server that reads nothing: one Pong waits', async () => {
    const { client, peer } = await open({ capacity: 1_024 })
    peer.socket.pause()
    client.send(Buffer.alloc(100_000))
    await settle()
    const { bufferedAmount } = client
    for (let count = 0; count < 1_000; count++) await peer.send({ opcode: Opcode.Ping, payload: 'x'.repeat(125) })
    expect(client.bufferedAmount - bufferedAmount).toBeLessThan(1_000)
  })
})

/** A real server that opens each handshake, and then does what it likes. */
async function realServer(onOpen: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (request: Buffer) => {
      const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request.toString('latin1'))![1]!
      socket.resume().write(`HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey(key)}\r\n\r\n`)
      onOpen(socket)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => server.close())
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

describe('100 MB where 1 MiB is allowed, over TCP', () => {
  const TOTAL = 100_000_000
  const piece = Buffer.alloc(1 << 16)
  const single = Buffer.from('827f0000000005f5e100', 'hex')

  it.each([
    ['one frame', single, piece],
    ['endless fragments', Buffer.of(0x02, 0), Buffer.concat([Buffer.from('007f0000000000010000', 'hex'), piece])],
  ])('as %s: 1009, and memory stays', async (_, begin, next) => {
    let taken = 0
    const codes: number[] = []
    let onGone = (): void => undefined
    const gone = new Promise<void>((resolve) => { onGone = resolve })
    const url = await realServer((socket) => {
      socket.on('data', (bytes: Buffer) => { if (bytes[0] === 0x88) codes.push(unmasked(bytes)) })
      socket.on('close', () => onGone())
      socket.write(begin)
      const write = (): void => {
        while (taken < TOTAL && !socket.destroyed) {
          taken += next.length
          if (!socket.write(next)) return void socket.once('drain', write)
        }
      }
      write()
    })
    const before = memory()
    const options: WebSocketClientOptions = { reconnect: false, maxMessageSize: MEBIBYTE }
    const client = new WebSocketClient(url, options)
    let atItsEnd = Infinity
    client.on('close', () => { atItsEnd = memory() })
    const end = await client.closed
    await gone
    expect(end).toMatchObject({ code: 1009, clean: false, initiator: 'local', error: { code: 'WS_ERR_MESSAGE_TOO_BIG' } })
    expect(codes).toEqual([1009])
    // What the client read, what the kernel's buffers hold, and what stands in the server's own.
    expect(taken).toBeLessThan(TOTAL / 4)
    expect(atItsEnd - before).toBeLessThan(8 * MEBIBYTE)
  })
})

function unmasked(frame: Buffer): number {
  return ((frame[6]! ^ frame[2]!) << 8) | (frame[7]! ^ frame[3]!)
}
