// An in-memory socket behaves as a TCP socket does: the same scenarios, on both.
import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import fc from '../support/fast-check.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type MemorySocket, settle, transportPair } from '@tocsin/testing'

interface Pair {
  readonly client: Socket | MemorySocket
  readonly server: Socket | MemorySocket
}

async function tcpPair(): Promise<Pair> {
  const listener = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const client = connect({ port: (listener.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true })
  const [[server]] = await Promise.all([once(listener, 'connection') as Promise<[Socket]>, once(client, 'connect')])
  onTestFinished(() => {
    client.destroy()
    server.destroy()
    listener.close()
  })
  return { client, server }
}

function closeOf(socket: Duplex): Promise<string> {
  return new Promise((resolve) => {
    let reason = 'no error'
    socket.on('error', (error: NodeJS.ErrnoException) => { reason = String(error.code) })
    socket.once('close', () => resolve(reason))
  })
}

/** All bytes up to FIN. The stream stays as it is: iterating over it would destroy it. */
function text(socket: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    socket.on('data', (bytes) => { received += String(bytes) }).once('end', () => resolve(received)).once('error', reject)
  })
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await settle(1)
}

describe.each([['TCP', tcpPair], ['memory', async (): Promise<Pair> => transportPair()]])('%s', (_name, pairOf) => {
  test('bytes come out of the other end, in order, both ways', async () => {
    const { client, server } = await pairOf()
    client.end('ab')
    expect(await text(server)).toBe('ab')
    server.write('c')
    server.end('d')
    expect(await text(client)).toBe('cd')
  })

  test('FIN ends one direction only', async () => {
    const { client, server } = await pairOf()
    client.end()
    server.resume()
    await once(server, 'end')
    expect(server.writable).toBe(true)
    server.end('still open')
    expect(await text(client)).toBe('still open')
    await until(() => client.destroyed && server.destroyed)
  })

  test('FIN is seen while paused, if there is nothing to read before it', async () => {
    const { client, server } = await pairOf()
    server.on('data', () => {}).pause()
    client.end()
    await once(server, 'end')
  })

  test('destroy() is a FIN behind all that was written', async () => {
    const { client, server } = await pairOf()
    client.write('last words')
    client.destroy()
    expect(await text(server)).toBe('last words')
    expect(server.writable).toBe(true)
  })

  test('destroy() over unread bytes is a reset', async () => {
    const { client, server } = await pairOf()
    const closed = closeOf(server.resume())
    server.write(Buffer.alloc(1_000_000))
    await until(() => client.readableLength >= client.readableHighWaterMark)
    client.destroy()
    expect(await closed).toMatch(/^(EPIPE|ECONNRESET)$/)
  })

  test('resetAndDestroy() makes the other end fail with ECONNRESET, and this end close without an error', async () => {
    const { client, server } = await pairOf()
    const [serverClosed, clientClosed] = [closeOf(server), closeOf(client)]
    server.resume()
    client.resetAndDestroy()
    expect(await serverClosed).toBe('ECONNRESET')
    expect(await clientClosed).toBe('no error')
    expect(server.destroyed).toBe(true)
  })

  test('writing to a peer that has gone fails', async () => {
    const { client, server } = await pairOf()
    const closed = closeOf(server)
    client.destroy()
    await once(server.resume(), 'end')
    server.write('are you there?')
    await settle(4)
    if (!server.destroyed) server.write('hello?')
    expect(await closed).toMatch(/^(EPIPE|ECONNRESET)$/)
  })

  test('a peer that does not read fills the buffers between, then ours; drain comes when it reads again', async () => {
    const { client, server } = await pairOf()
    const block = Buffer.alloc(1_000_000, 'x')
    let written = 0
    while (client.writableLength < block.length) {
      client.write(block)
      written += block.length
      await settle(2)
    }
    expect(client.writableNeedDrain).toBe(true)
    const drained = once(client, 'drain')
    let received = 0
    server.on('data', (bytes: Buffer) => { received += bytes.length })
    await drained
    await until(() => received === written)
    expect(client.writableLength).toBe(0)
    expect([client.bytesWritten, server.bytesRead]).toEqual([written, written])
  })

  test('says where it comes from', async () => {
    const { client, server } = await pairOf()
    expect(server.remoteAddress).toBe('127.0.0.1')
    expect(server.remoteFamily).toBe('IPv4')
    expect([server.remotePort, server.localPort]).toEqual([client.localPort, client.remotePort])
    expect(server.address()).toEqual({ address: '127.0.0.1', family: 'IPv4', port: client.remotePort })
  })

  test('destroySoon() ends first', async () => {
    const { client, server } = await pairOf()
    client.write('all of it')
    client.destroySoon()
    expect(await text(server)).toBe('all of it')
    await until(() => client.destroyed)
  })
})

describe('MemorySocket', () => {
  test('destroy(error) is a reset; what was on its way is lost', async () => {
    const { client, server } = transportPair()
    const closed = closeOf(server)
    const own = closeOf(client)
    let received = ''
    server.on('data', (bytes) => { received += String(bytes) })
    client.write('lost')
    client.destroy(Object.assign(new Error('crashed'), { code: 'MINE' }))
    expect([await closed, await own, received]).toEqual(['ECONNRESET', 'MINE', ''])
  })

  test('a chunk is a private copy, and a chunk of its own; corked writes are one', async () => {
    const { client, server } = transportPair()
    const chunks: string[] = []
    server.on('data', (bytes: Buffer) => {
      chunks.push(String(bytes))
      bytes.fill('!')
    })
    const bytes = Buffer.from('abc')
    client.write(bytes)
    client.write('def')
    await settle()
    bytes.fill('x')
    client.cork()
    client.write('g')
    client.write('hi')
    client.uncork()
    await settle()
    expect(chunks).toEqual(['abc', 'def', 'ghi'])
    expect(String(bytes)).toBe('xxx')
  })

  test('a reset is not seen while nobody reads, as with TCP, but by the next write', async () => {
    const { client, server } = transportPair({ highWaterMark: 4 })
    const closed = closeOf(server)
    client.write('12345678')
    await settle()
    client.resetAndDestroy()
    await settle()
    expect(server.destroyed).toBe(false)
    server.write('x')
    expect(await closed).toBe('ECONNRESET')
  })

  test('a write that waits for room fails when the other end resets', async () => {
    const { client, server } = transportPair({ capacity: 4, highWaterMark: 1 })
    const closed = closeOf(client)
    client.write('0123456789')
    await settle()
    client.write('more than fits')
    expect(client.bytesInFlight + client.writableLength).toBeGreaterThan(0)
    server.resetAndDestroy()
    expect(await closed).toBe('ECONNRESET')
  })

  test('the high-water mark and the capacity are those that were asked for', async () => {
    const { client, server } = transportPair({ highWaterMark: 10, capacity: 100 })
    expect([client.writableHighWaterMark, server.readableHighWaterMark]).toEqual([10, 10])
    expect(client.write('x'.repeat(9))).toBe(true)
    for (let i = 0; i < 20; i++) client.write('x'.repeat(10))
    await settle()
    expect(server.readableLength).toBeGreaterThanOrEqual(10)
    expect(client.bytesInFlight).toBe(100)
    expect(client.writableLength).toBeGreaterThanOrEqual(209 - 100 - server.readableLength)
  })

  test('idle timeouts never fire: no time passes here', () => {
    const { client } = transportPair()
    expect(client.setTimeout(1, () => {}).timeout).toBe(1)
    expect(client.setNoDelay().setKeepAlive().ref().unref()).toBe(client)
  })

  test('whatever is written comes out whole and in order, however it is read', async () => {
    const anyWrites = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 30 })
    const anySize = fc.integer({ min: 1, max: 40 })
    await fc.assert(fc.asyncProperty(anyWrites, anySize, anySize, async (writes, highWaterMark, capacity) => {
      const { client, server } = transportPair({ highWaterMark, capacity })
      for (const bytes of writes) client.write(bytes)
      client.end()
      server.setEncoding('hex')
      expect(await text(server)).toBe(Buffer.concat(writes).toString('hex'))
      server.end()
      await once(client.resume(), 'close')
    }), { numRuns: 50 })
  })
})
