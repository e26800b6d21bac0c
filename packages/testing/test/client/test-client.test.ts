// What the client shows, sends and answers by itself; the other end is a bare socket, or an endpoint.
import { CloseFrame, Frame, Opcode, WebSocketEndpoint, pack, unpack } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { TestClient, type TestClientOptions, inject, settle, transportPair } from '@tocsin/testing'
import type { MemorySocket } from '../../src/memory/memory-socket.js'

interface Bench {
  readonly client: TestClient
  readonly server: MemorySocket
  /** What the server has received since it was asked last. */
  received(): Promise<{ frames: Frame[]; rest: Buffer }>
}

function bench(options: TestClientOptions = {}): Bench {
  const { client: socket, server } = transportPair()
  const chunks: Buffer[] = []
  server.on('data', (bytes: Buffer) => chunks.push(bytes)).on('error', () => {})
  const response = { status: 101, reason: '', headers: {}, body: Buffer.alloc(0) }
  const client = new TestClient({ socket, raw: socket, response, rest: Buffer.alloc(0), options })
  const received = async (): Promise<{ frames: Frame[]; rest: Buffer }> => {
    await settle()
    const frames: Frame[] = []
    let rest = Buffer.concat(chunks.splice(0))
    for (let next = unpack(rest); next !== null; next = unpack(rest)) {
      expect(next.masked).toBe(true)
      frames.push(next.frame)
      rest = rest.subarray(next.bytesConsumed)
    }
    return { frames, rest }
  }
  return { client, server, received }
}

describe('receiving', () => {
  test('messages wait in order; next() takes them', async () => {
    const { client, server } = bench()
    server.write(Buffer.concat([pack('one'), pack(Buffer.from([2]))]))
    await settle()
    expect(client.messages).toEqual(['one', Buffer.from([2])])
    expect([await client.next(), await client.next()]).toEqual(['one', Buffer.from([2])])
    expect(client.messages).toEqual([])
    server.write(pack('{"a":1}'))
    expect(await client.nextJson()).toEqual({ a: 1 })
  })

  test('next() times out with what came instead', async () => {
    const { client, server } = bench({ timeout: 10 })
    server.write(pack(new Frame({ opcode: Opcode.Ping })))
    await settle()
    await expect(client.next()).rejects.toThrow('no message within 10 ms: 1 frame came, no Close frame')
  })

  test('next() fails when the connection has ended, and says how', async () => {
    const { client, server } = bench()
    server.end(pack(new CloseFrame(1001, 'bye')))
    await expect(client.next()).rejects.toThrow('no message: the connection ended, 1 frame came, Close 1001 "bye"')
  })

  test('frames are all there; nextFrame() waits for one of a kind', async () => {
    const { client, server } = bench()
    server.write(Buffer.concat([pack('text'), pack(new Frame({ opcode: Opcode.Pong, payload: 'p' }))]))
    expect(String((await client.nextFrame(Opcode.Pong)).payload)).toBe('p')
    expect((await client.nextFrame()).opcode).toBe(Opcode.Text)
    await expect(client.nextFrame(Opcode.Pong, 5)).rejects.toThrow('no frame with opcode 0xa within 5 ms')
    expect(client.frames.map(({ opcode }) => opcode)).toEqual([1, 10])
  })

  test('the iterator ends with the connection', async () => {
    const { client, server } = bench()
    server.write(pack('one'))
    setImmediate(() => server.end(Buffer.concat([pack('two'), pack(new CloseFrame())])))
    const messages: unknown[] = []
    for await (const message of client) messages.push(message)
    expect(messages).toEqual(['one', 'two'])
  })

  test('a server that breaks RFC 6455 is cut off, and the failure says why', async () => {
    const { client, server } = bench()
    server.write(pack('masked', { mask: true }))
    expect(await client.closed).toEqual({ code: 1006, reason: '', clean: false })
    expect(client.failure).toMatchObject({ section: '5.1' })
    await expect(client.next()).rejects.toMatchObject({ cause: client.failure })
  })

  test('pause() stops reading, resume() goes on', async () => {
    const { client, server } = bench()
    client.pause()
    server.write(pack('later'))
    await settle()
    expect(client.messages).toEqual([])
    client.resume()
    expect(await client.next()).toBe('later')
  })
})

describe('sending', () => {
  test('messages, fragments, frames and bytes', async () => {
    const { client, received } = bench()
    client.send('text')
    client.send(Buffer.from([1]), { fin: false })
    client.sendFrame(new Frame({ opcode: Opcode.Continuation, payload: Buffer.from([2]) }))
    client.ping('a')
    client.pong('b')
    client.write(Buffer.from([0x81]))
    const { frames, rest } = await received()
    expect(frames.map(({ opcode, fin, payload }) => [opcode, fin, payload.toString('hex')])).toEqual([
      [1, true, '74657874'], [2, false, '01'], [0, true, '02'], [9, true, '61'], [10, true, '62'],
    ])
    expect(rest).toEqual(Buffer.from([0x81]))
  })

  test('after the end of TCP, sending says so', async () => {
    const { client, server } = bench()
    server.end()
    await client.closed
    expect([client.send('x'), client.isOpen]).toEqual([false, false])
  })
})

describe('answering by itself', () => {
  test('Pings, with their payload, unless told not to', async () => {
    const [polite, rude] = [bench(), bench({ answersPings: false })]
    for (const { server } of [polite, rude]) server.write(pack(new Frame({ opcode: Opcode.Ping, payload: 'p' })))
    expect((await polite.received()).frames).toMatchObject([{ opcode: Opcode.Pong, payload: Buffer.from('p') }])
    expect((await rude.received()).frames).toEqual([])
  })

  test('Close, with its code, unless told not to', async () => {
    const [polite, rude] = [bench(), bench({ answersClose: false })]
    for (const { server } of [polite, rude]) server.write(pack(new CloseFrame(1001, 'bye')))
    expect((await polite.received()).frames).toMatchObject([{ code: 1001, reason: '' }])
    expect((await rude.received()).frames).toEqual([])
    expect(polite.client.isOpen).toBe(false)
    for (const { client, server } of [polite, rude]) {
      server.end()
      expect(await client.closed).toEqual({ code: 1001, reason: 'bye', clean: client === polite.client })
    }
  })
})

describe('ending', () => {
  const endpoint = (): WebSocketEndpoint => new WebSocketEndpoint({ pushOnly: true })

  test('close() is the closing handshake', async () => {
    const target = endpoint()
    const client = await inject(target)
    const closed = new Promise((resolve) => target.on('close', (_connection, event) => resolve(event)))
    expect(await client.close(4_000, 'enough')).toEqual({ code: 4_000, reason: '', clean: true })
    expect(await closed).toMatchObject({ code: 4_000, reason: 'enough', clean: true })
    expect(await client.close()).toBe(await client.closed)
  })

  test('end() is FIN, reset() is RST: 1006 on both sides', async () => {
    for (const leave of [(client: TestClient) => client.end(), (client: TestClient) => client.reset()]) {
      const target = endpoint()
      const client = await inject(target)
      const closed = new Promise((resolve) => target.on('close', (_connection, event) => resolve(event)))
      expect(await leave(client)).toEqual({ code: 1006, reason: '', clean: false })
      expect(await closed).toMatchObject({ code: 1006, clean: false })
    }
  })

  test('`await using` closes, and cuts off a server that does not answer', async () => {
    const target = endpoint()
    {
      await using client = await inject(target)
      expect(client.isOpen).toBe(true)
    }
    await settle()
    expect(target.connections.size).toBe(0)
    const { client } = bench()
    await client[Symbol.asyncDispose]()
    expect(await client.closed).toMatchObject({ code: 1006 })
  })
})
