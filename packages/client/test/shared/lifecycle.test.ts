// The life of a client: attempts, events, promises, by a virtual clock and servers by hand.
import { CloseFrame, pack } from '@tocsin/core/protocol'
import { settle } from '@tocsin/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketClient } from '../../src/index.js'
import { openRaw } from '../support/raw-server.js'
import { watched } from '../support/watched.js'

describe('events', () => {
  it('of one life, in order', async () => {
    const { client, peers, said } = watched({ reconnect: false })
    await settle()
    await peers[0]!.accept()
    await peers[0]!.write(pack('hi'))
    void client.close()
    await peers[0]!.send(new CloseFrame(1000))
    peers[0]!.socket.end()
    await settle()
    expect(said).toEqual(['connect ws://server.example/chat', 'open', 'message hi', 'close 1000 for good'])
  })

  it('open has the response', async () => {
    const { client, peers } = watched()
    const opened = client.opened
    await settle()
    await peers[0]!.accept({ fields: { 'X-Node': '7', 'Set-Cookie': ['a=1', 'b=2'] } })
    expect(await opened).toMatchObject({ reconnected: false, response: { status: 101, headers: { 'x-node': '7', 'set-cookie': ['a=1', 'b=2'] } } })
    expect(await client.opened).toBe(await opened)
  })

  it('a handler that throws harms nobody else, and is an uncaught exception', async () => {
    const { client, peers, said } = watched()
    const uncaught: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException').on('uncaughtException', (error) => uncaught.push(error.message))
    client.off('message', () => undefined).on('open', () => { throw new Error('my bug') })
    await settle()
    await peers[0]!.accept()
    await peers[0]!.write(pack('hi'))
    process.removeAllListeners('uncaughtException')
    for (const listener of listeners) process.on('uncaughtException', listener)
    expect([uncaught, said.at(-1)]).toEqual([['my bug'], 'message hi'])
  })

  it('off takes a handler away', async () => {
    const { client, peer } = await openRaw()
    const handler = vi.fn<(message: unknown) => void>()
    client.on('message', handler).on('message', () => undefined)
    client.off('message', handler)
    await peer.write(pack('hi'))
    expect(handler).not.toHaveBeenCalled()
  })
})

describe('reconnection', () => {
  it('with growing delays, until it succeeds; anew after a connection that lasted', async () => {
    const { peers, clock, take, cut } = watched()
    await settle()
    await peers[0]!.accept()
    take()
    await cut()
    expect(take()).toEqual(['close 1006', 'attempt 1 in 500'])
    for (const [attempt, delay] of [[2, 1_000], [3, 2_000], [4, 4_000]] as const) {
      await clock.advanceAsync(delay / 2)
      await cut()
      expect(take()).toEqual(['connect ws://server.example/chat', 'error WS_ERR_HANDSHAKE', 'close 1006', `attempt ${attempt} in ${delay}`])
    }
    await clock.advanceAsync(4_000)
    await peers.at(-1)!.accept()
    await clock.advanceAsync(4_999)
    await cut()
    expect(take().slice(-1)).toEqual(['attempt 5 in 8000'])
    await clock.advanceAsync(8_000)
    await peers.at(-1)!.accept()
    await clock.advanceAsync(5_000)
    await cut()
    expect(take().slice(-4)).toEqual(['connect ws://server.example/chat', 'open again', 'close 1006', 'attempt 1 in 500'])
  })

  it('not after 1000, nor after a final code', async () => {
    for (const [code, options] of [[1000, {}], [4401, { reconnect: { final: [4401] } }]] as const) {
      const { client, peers, clock, said } = watched(options)
      await settle()
      await peers[0]!.accept()
      await peers[0]!.send(new CloseFrame(code))
      await clock.advanceAsync(3_600_000)
      expect([said.at(-1), client.readyState, peers.length]).toEqual([`close ${code} for good`, 3, 1])
    }
  })

  it('honours Retry-After as seconds and as a date, and reports the refusal', async () => {
    for (const value of ['90', 'Thu, 01 Jan 1970 00:01:30 GMT']) {
      const { client, peers, clock, said } = watched()
      const errors: unknown[] = []
      client.on('error', (error) => errors.push(error))
      await settle()
      await peers[0]!.write(`HTTP/1.1 503 Full\r\nRetry-After: ${value}\r\nContent-Length: 4\r\n\r\nfull`)
      expect(errors).toMatchObject([{ name: 'RefusedError', code: 'WS_ERR_REFUSED', status: 503, body: 'full', headers: { 'retry-after': value } }])
      expect(said.at(-1)).toBe('attempt 1 in 90500')
      await clock.advanceAsync(90_499)
      expect(peers).toHaveLength(1)
      await clock.advanceAsync(1)
      expect(peers).toHaveLength(2)
    }
  })

  it('gives up upon a 401, and opened says why', async () => {
    const { client, peers } = watched()
    const opened = client.opened
    opened.catch(() => undefined)
    await settle()
    await peers[0]!.write('HTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nwho')
    await expect(opened).rejects.toMatchObject({ code: 'WS_ERR_REFUSED', status: 401, body: 'who' })
    await expect(client.opened).rejects.toMatchObject({ status: 401 })
    expect(client.send('x')).toBe(false)
  })

  it('url and headers may be functions, awaited at each attempt', async () => {
    let count = 0
    const { peers, clock, cut } = watched({
      url: async () => `ws://server.example/?token=${++count}`,
      headers: async () => ({ Authorization: `Bearer ${count}` }),
    })
    await settle()
    expect(await peers[0]!.accept()).toMatch(/^GET \/\?token=1 HTTP[^]*Authorization: Bearer 1$/)
    await cut()
    await clock.advanceAsync(500)
    expect(await peers[1]!.accept()).toMatch(/^GET \/\?token=2 HTTP[^]*Authorization: Bearer 2$/)
  })

  it('a function that fails is a failed attempt; one that says nonsense ends it', async () => {
    let answer: () => string = () => { throw new Error('no token today') }
    const { clock, said } = watched({ url: () => answer() })
    await settle()
    expect(said).toEqual(['error no token today', 'close 1006', 'attempt 1 in 500'])
    answer = () => 'nonsense'
    await clock.advanceAsync(500)
    expect(said.slice(3)).toEqual(['error WS_ERR_URL', 'close 1006 for good'])
  })

  it('by hand, in the close handler, as Workerman does', async () => {
    const { client, peers, clock, take, cut } = watched({ reconnect: false })
    client.on('close', () => client.reconnect(1_000))
    await settle()
    await peers[0]!.accept()
    await cut()
    expect(take().slice(-2)).toEqual(['close 1006 for good', 'attempt 1 in 1000'])
    await clock.advanceAsync(1_000)
    await peers[1]!.accept()
    expect(take()).toEqual(['connect ws://server.example/chat', 'open again'])
    expect(client.readyState).toBe(1)
  })

  it('by hand, of an open connection: it is closed before', async () => {
    const { client, peers, clock, said } = watched()
    await settle()
    await peers[0]!.accept()
    client.reconnect(200)
    expect(await peers[0]!.closeCodes()).toEqual([1000])
    await peers[0]!.send(new CloseFrame(1000))
    peers[0]!.socket.end()
    await clock.advanceAsync(199)
    expect([said.at(-1), peers.length]).toEqual(['attempt 1 in 200', 1])
    await clock.advanceAsync(1)
    expect(peers).toHaveLength(2)
  })

  it('close in a handler of error or close: one last event, and no attempt', async () => {
    for (const event of ['error', 'close'] as const) {
      const { client, peers, clock, said } = watched()
      client.on(event, () => void client.close())
      await settle()
      peers[0]!.socket.destroy()
      await clock.advanceAsync(3_600_000)
      expect([said.filter((line) => line.endsWith('for good')), said.at(-1), peers.length]).toEqual([['close 1006 for good'], 'close 1006 for good', 1])
    }
  })

  it('cancel and close give up the attempt to come', async () => {
    for (const end of ['cancel', 'close'] as const) {
      const { client, peers, clock, said, cut } = watched()
      await settle()
      await peers[0]!.accept()
      expect(client.readyState === 1 && end === 'cancel' ? client.cancel() : false).toBe(false)
      await cut()
      await Promise.resolve(client[end]())
      expect(said.slice(-3)).toEqual(['close 1006', 'attempt 1 in 500', 'close 1006 for good'])
      await clock.advanceAsync(3_600_000)
      expect([peers.length, client.readyState, clock.pending]).toEqual([1, 3, 0])
    }
  })
})

describe('messages', () => {
  it('wait for their first handler, up to 16', async () => {
    const { client, peer } = await openRaw({ accept: { rest: [pack('first')] } })
    for (let count = 0; count < 20; count++) await peer.write(pack(`${count}`))
    const seen: unknown[] = []
    client.on('message', (message) => seen.push(message))
    await settle()
    expect(seen).toEqual(['first', ...Array.from({ length: 15 }, (_, count) => `${count}`)])
  })

  it('by for await, with backpressure, until the end', async () => {
    const { client, peer } = await openRaw({ capacity: 1024 })
    const iterator = client[Symbol.asyncIterator]()
    const first = iterator.next()
    for (let count = 0; count < 100; count++) await peer.write(pack('x'.repeat(1_000)))
    expect(await first).toEqual({ done: false, value: 'x'.repeat(1_000) })
    // The rest waits at the server.
    expect(peer.socket.writableLength).toBeGreaterThan(50_000)
    let count = 1
    const all = (async () => { for await (const message of { [Symbol.asyncIterator]: () => iterator }) count += message.length / 1_000 })()
    await settle(200)
    peer.socket.end()
    await all
    expect(count).toBe(100)
  })

  it('go to one loop at a time, and to the handlers after it', async () => {
    const { client, peer } = await openRaw()
    const seen: unknown[] = []
    client.on('message', (message) => seen.push(message))
    const loop = client[Symbol.asyncIterator]()
    expect(() => client[Symbol.asyncIterator]()).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_CLAIMED' }))
    await peer.write(pack('for the loop'))
    expect(await loop.next()).toMatchObject({ value: 'for the loop' })
    await loop.return?.()
    await peer.write(pack('for the handler'))
    expect(seen).toEqual(['for the handler'])
  })

  it('a loop goes on over a reconnection', async () => {
    const { client, peers, clock, cut } = watched()
    const iterator = client[Symbol.asyncIterator]()
    await settle()
    await peers[0]!.accept({ rest: [pack('one')] })
    await cut()
    await clock.advanceAsync(500)
    await peers[1]!.accept({ rest: [pack('two')] })
    expect([await iterator.next(), await iterator.next()]).toMatchObject([{ value: 'one' }, { value: 'two' }])
    const end = iterator.next()
    client.terminate()
    expect(await end).toEqual({ done: true, value: undefined })
  })

  it('pause and resume', async () => {
    const { client, peer } = await openRaw({ capacity: 1024 })
    const seen: unknown[] = []
    client.on('message', (message) => {
      seen.push(message)
      if (message === 'stop') client.pause()
    })
    await peer.write(Buffer.concat([pack('a'), pack('stop'), pack('b'), pack('c')]))
    expect(seen).toEqual(['a', 'stop'])
    client.resume()
    await settle()
    expect(seen).toEqual(['a', 'stop', 'b', 'c'])
  })
})

describe('options', () => {
  it.each([
    ['a URL', 'nonsense', {}, 'WS_ERR_URL'],
    ['a header', 'ws://a/', { headers: { 'X-A': 'a\r\nb' } }, 'WS_ERR_INVALID_HEADER'],
    ['a reserved header', 'ws://a/', { headers: { Host: 'b' } }, 'WS_ERR_RESERVED_HEADER'],
    ['a subprotocol', 'ws://a/', { subprotocols: ['a b'] }, 'WS_ERR_INVALID_SUBPROTOCOL'],
    ['maxMessageSize', 'ws://a/', { maxMessageSize: -1 }, 'WS_ERR_INVALID_OPTION'],
    ['compression', 'ws://a/', { compression: { level: 10 } }, 'WS_ERR_INVALID_OPTION'],
    ['handshakeTimeout', 'ws://a/', { handshakeTimeout: NaN }, 'WS_ERR_INVALID_OPTION'],
    ['reconnect', 'ws://a/', { reconnect: { maxDelay: -1 } }, 'WS_ERR_INVALID_OPTION'],
    ['a negative delay', 'ws://a/', { reconnect: -1 }, 'WS_ERR_INVALID_OPTION'],
  ])('%s that cannot be is a UsageError at once', (_, url, options, code) => {
    expect(() => new WebSocketClient(url, options)).toThrow(expect.objectContaining({ name: 'UsageError', code }))
  })
})

afterEach(() => settle())
