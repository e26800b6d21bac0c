// Slow consumers (FEATURES A25, B12, C3) as an application meets them, over TCP: policies for every way to send, water marks,
// counters.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.js'
import { Frame, Opcode } from '../../src/protocol/index.js'
import { type RawPeer, dial } from '../support/raw-peer.js'
import { type Served, serve } from '../support/serve.js'
import { turns, until } from '../support/wait.js'

const CHUNK = 262_144

/** Sends until the kernel takes no more. @returns how many chunks that were */
async function fill(connection: Connection<undefined>): Promise<number> {
  let count = 0
  while (connection.bufferedAmount === 0) {
    connection.send(Buffer.alloc(CHUNK))
    count++
    await turns(1)
  }
  return count
}

/** A peer that does not read, and whose kernel takes no more. */
async function stalled(options: Parameters<typeof serve<undefined>>[0]): Promise<Served<undefined> & { peer: RawPeer; held: Connection<undefined>; chunks: number }> {
  const served = await serve<undefined>({ pushOnly: true, maxBufferedAmount: 4 * CHUNK, ...options })
  const peer = await dial(served.port)
  peer.socket.pause()
  const held = await served.connection()
  held.subscribe('topic')
  return { ...served, peer, held, chunks: await fill(held) }
}

async function textsOf({ peer, held }: { peer: RawPeer; held: Connection<undefined> }): Promise<string[]> {
  peer.socket.resume()
  await held.drained()
  held.send('end')
  await until(() => peer.texts.includes('end'), 'the end')
  return peer.texts.slice(0, -1)
}

describe('C3: each way to send', () => {
  const sends: [string, (served: Served<undefined>, held: Connection<undefined>, text: string) => boolean | number][] = [
    ['send', (_served, held, text) => held.send(text, { key: 'k' })],
    ['sendFrame', (_served, held, text) => held.sendFrame(new Frame({ opcode: Opcode.Text, payload: text }), { key: 'k' })],
    ['broadcast', ({ endpoint }, _held, text) => endpoint.broadcast(text, { key: 'k' })],
    ['publish', ({ endpoint }, _held, text) => endpoint.publish('topic', text, { key: 'k' })],
    ['topic().publish', ({ endpoint }, _held, text) => endpoint.topic('topic').publish(text, { key: 'k' })],
    ['push', ({ endpoint }, held, text) => endpoint.push(held.id, text, { key: 'k' })],
  ]

  test.each(sends)('%s: drop-newest', async (_name, send) => {
    const all = await stalled({ slowConsumer: 'drop-newest', maxBufferedMessages: 2 })
    expect(['1', '2', '3'].map((text) => Number(send(all, all.held, text)))).toEqual([1, 1, 0])
    expect(await textsOf(all)).toEqual(['1', '2'])
  })

  test.each(sends)('%s: drop-oldest', async (_name, send) => {
    const all = await stalled({ slowConsumer: 'drop-oldest', maxBufferedMessages: 2 })
    expect(['1', '2', '3'].map((text) => Number(send(all, all.held, text)))).toEqual([1, 1, 1])
    expect(await textsOf(all)).toEqual(['2', '3'])
    expect(all.endpoint.stats()).toMatchObject({ messagesDropped: 1, bytesDropped: 3 })
  })

  test.each(sends)('%s: latest', async (_name, send) => {
    const all = await stalled({ slowConsumer: 'latest' })
    all.held.send('other')
    expect(['1', '2', '3'].map((text) => Number(send(all, all.held, text)))).toEqual([1, 1, 1])
    expect(await textsOf(all)).toEqual(['other', '3'])
  })

  test.each(sends)('%s: close', async (_name, send) => {
    const all = await stalled({ maxBufferedMessages: 2 })
    expect(['1', '2', '3'].map((text) => Number(send(all, all.held, text)))).toEqual([1, 1, 0])
    expect(all.held.readyState).toBe(2)
    expect(all.endpoint.stats()).toMatchObject({ slowConsumersClosed: 1, messagesDropped: 2 })
    all.peer.socket.resume()
    expect((await all.peer.closeFrame()).code).toBe(1013)
  })
})

test('C3: sendStream goes no faster than its peer reads, whatever the policy', async () => {
  const all = await stalled({ slowConsumer: 'drop-newest' })
  const part = 'x'.repeat(CHUNK)
  const sending = all.held.sendStream(Array.from({ length: 20 }, () => part))
  await turns(10)
  expect(all.held.bufferedAmount).toBeLessThan(4 * CHUNK)
  all.peer.socket.resume()
  expect(await sending).toBe(true)
  await until(() => all.peer.frames.length === all.chunks + 21, 'all parts')
})

test('C3: one connection with a policy of its own, beside others that are closed', async () => {
  const { endpoint, port, connection } = await serve<undefined>({ pushOnly: true, maxBufferedMessages: 1 })
  const peers = [await dial(port), await dial(port)]
  const [first, second] = [await connection(0), await connection(1)]
  for (const { socket } of peers) socket.pause()
  first.limitSending({ slowConsumer: 'drop-oldest' })
  for (const held of [first, second]) await fill(held)
  expect([endpoint.broadcast('1'), endpoint.broadcast('2'), endpoint.broadcast('3')]).toEqual([2, 1, 1])
  expect([first.readyState, second.readyState]).toEqual([1, 2])
})

test('A25, B12: congested and relieved, and in stats()', async () => {
  const { endpoint, port, connection } = await serve<undefined>({ pushOnly: true, highWaterMark: CHUNK, lowWaterMark: 1_000 })
  const log: string[] = []
  endpoint.on('congested', (held) => { log.push(`congested ${held.id}`) }).on('relieved', (held) => { log.push(`relieved ${held.id}`) })
  const peer = await dial(port)
  const held = await connection()
  peer.socket.pause()
  await fill(held)
  for (let i = 0; i < 3; i++) held.send(Buffer.alloc(CHUNK))
  await turns()
  expect([log, endpoint.stats().congested, endpoint.connectionInfo(held.id)!.isCongested]).toEqual([[`congested ${held.id}`], 1, true])
  peer.socket.resume()
  await until(() => log.length > 1, 'relief')
  expect([log[1], endpoint.stats().congested]).toEqual([`relieved ${held.id}`, 0])
  expect(held.bufferedAmount).toBeLessThanOrEqual(1_000)
})
