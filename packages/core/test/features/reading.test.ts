// FEATURES A23, A26, A28, A29: what is read, how much, and when it is not.
import { describe, expect, test } from 'vitest'
import { Frame, Opcode } from '../../src/index.js'
import { connectRaw, dial, masked, upgradeRequest } from '../support/raw-peer.js'
import { serve } from '../support/serve.js'
import { turns, until } from '../support/wait.js'
import { connectWs } from '../support/ws-client.js'

describe('A23: heartbeat', () => {
  test('a Ping after 25 s without a byte; a client that answers stays', async () => {
    const { port, clock, connection, errors } = await serve()
    const client = await connectWs(port)
    const { id } = await connection()
    for (let round = 1; round <= 3; round++) {
      clock.advance(25_200)
      await until(() => client.pings.length === round)
      await until(() => errors.length === 0)
      await turns(5)
      clock.advance(100)
      await turns(5)
    }
    expect(id).toBe((await connection()).id)
    expect((await connection()).isEstablished).toBe(true)
  })

  test('dead after 20 s more without an answer', async () => {
    const { port, clock, closeEvent } = await serve()
    const peer = await dial(port)
    clock.advance(25_200)
    expect(await peer.frame(0)).toMatchObject({ opcode: Opcode.Ping })
    clock.advance(20_200)
    expect(await closeEvent()).toMatchObject({ code: 1006, initiator: 'local', error: { code: 'WS_ERR_HEARTBEAT' } })
    await peer.closed()
  })

  test('protect() exempts one connection; a paused one is not judged', async () => {
    const { port, clock, connection } = await serve()
    const peers = [await dial(port), await dial(port)]
    const [isProtected, isPaused] = [(await connection(0)).protect(), await connection(1)]
    isPaused.pause()
    clock.advance(200_000)
    await turns()
    expect([isProtected.isEstablished, isPaused.isEstablished]).toEqual([true, true])
    expect(peers[0]!.frames).toEqual([])
  })

  test('of 100 connections opened together, no tick pings more than 5', async () => {
    const { port, clock, opened } = await serve()
    const peers = await Promise.all(Array.from({ length: 100 }, () => dial(port)))
    await until(() => opened.length === 100)
    const pinged = (): number => opened.filter(({ info }) => info.bytesSent > 0).length
    let before = 0
    for (let passed = 0; passed < 28_000; passed += 100) {
      clock.advance(100)
      await turns(1)
      const now = pinged()
      expect(now - before).toBeLessThanOrEqual(5)
      before = now
    }
    expect(before).toBe(100)
    for (const peer of peers) await peer.frame(0)
  })
})

describe('A26: pause and resume', () => {
  test('stop reading from one connection; pushes still go out', async () => {
    const { endpoint, port, connection } = await serve()
    const seen: string[] = []
    endpoint.on('message', (_connection, message) => { seen.push(String(message)) })
    const [one, other] = [await connectWs(port), await connectWs(port)]
    const paused = await connection()
    paused.pause()
    expect(paused.isPaused).toBe(true)
    one.socket.send('from the paused one')
    other.socket.send('from the other')
    expect(paused.send('pushed')).toBe(true)
    expect(await one.received(1)).toEqual(['pushed'])
    await until(() => seen.length === 1)
    expect(seen).toEqual(['from the other'])
    paused.resume()
    await until(() => seen.length === 2)
  })

  test('TCP holds back what is not read', async () => {
    const { endpoint, port, connection } = await serve()
    endpoint.on('message', () => {})
    const peer = await dial(port);
    (await connection()).pause()
    const megabyte = masked(Buffer.alloc(1_000_000))
    for (let i = 0; i < 40; i++) peer.socket.write(megabyte)
    await turns(20)
    expect(endpoint.stats().bytesReceived).toBeLessThan(1_000_000);
    (await connection()).resume()
    await until(() => endpoint.stats().messagesReceived === 40)
  })
})

describe('A28: message size', () => {
  test('1 MiB by default: one byte more is 1009, before anything is buffered', async () => {
    const { endpoint, port, closeEvent } = await serve()
    const sizes: number[] = []
    endpoint.on('message', (_connection, message) => { sizes.push(message.length) })
    const peer = await dial(port)
    peer.send(Buffer.alloc(1_048_576))
    await until(() => sizes.length === 1)
    peer.socket.write(masked(Buffer.alloc(1_048_577)).subarray(0, 14)) // the header alone
    expect(await peer.closeFrame()).toMatchObject({ code: 1009 })
    expect(sizes).toEqual([1_048_576])
    await peer.closed()
    expect(await closeEvent()).toMatchObject({ code: 1009, error: { code: 'WS_ERR_MESSAGE_TOO_BIG' } })
  })

  test('fragments count together', async () => {
    const { endpoint, port } = await serve({ maxMessageSize: 100 })
    endpoint.on('message', () => {})
    const peer = await dial(port)
    peer.socket.write(Buffer.concat([masked(Buffer.alloc(60), { fin: false }), masked(new Frame({ opcode: Opcode.Continuation, payload: Buffer.alloc(41) }))]))
    expect(await peer.closeFrame()).toMatchObject({ code: 1009 })
  })
})

describe('A29: large and small requests', () => {
  test.each([0, 1, 125, 126, 65_535, 65_536, 1_000_000])('%s bytes come back as they were', async (size) => {
    const { endpoint, port } = await serve()
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const client = await connectWs(port)
    const payload = Buffer.from(Array.from({ length: size }, (_, i) => i % 251))
    client.socket.send(payload)
    client.socket.send('é'.repeat(size / 2))
    const [binary, text] = await client.received(2)
    expect((binary as Buffer).equals(payload)).toBe(true)
    expect(text === 'é'.repeat(size / 2)).toBe(true)
  })

  test('split at every byte', async () => {
    const { endpoint, port } = await serve()
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const bytes = Buffer.concat([masked('grüße'), masked(Buffer.alloc(130, 'b')), masked('c', { fin: false }), masked(new Frame({ opcode: Opcode.Continuation, payload: 'd' }))])
    await Promise.all(Array.from({ length: bytes.length - 1 }, async (_, index) => {
      const peer = await dial(port)
      peer.socket.write(bytes.subarray(0, index + 1))
      await turns(2)
      peer.socket.write(bytes.subarray(index + 1))
      await peer.frame(2)
      expect(peer.frames.map(({ payload }) => payload.toString())).toEqual(['grüße', 'b'.repeat(130), 'cd'])
    }))
  })

  test('one byte per segment, handshake included', async () => {
    const { endpoint, port } = await serve()
    endpoint.on('message', (connection, message) => { connection.send(message) })
    const peer = await connectRaw(port)
    for (const byte of Buffer.concat([Buffer.from(upgradeRequest()), masked('slow'), masked('')])) {
      peer.socket.write(Buffer.from([byte]))
      await turns(1)
    }
    await peer.frame(1)
    expect(peer.texts).toEqual(['slow', ''])
  })
})
