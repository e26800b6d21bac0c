// What waits, what was handed over, and what became of it.
import { CloseFrame, Opcode } from '@tocsin/core/protocol'
import { settle, virtualClock } from '@tocsin/testing'
import { describe, expect, it } from 'vitest'
import type { CloseEvent } from '../../src/index.js'
import { type RawOptions, openRaw, rawServer } from '../support/raw-server.js'

function waiting(options: RawOptions = {}) {
  const clock = virtualClock()
  const server = rawServer({ clock, random: () => 0.5, reconnect: true, pingInterval: false, ...options })
  const dropped: string[] = []
  const closes: CloseEvent[] = []
  server.client.on('dropped', ({ data, reason }) => dropped.push(`${String(data)}: ${reason}`)).on('close', (event) => closes.push(event))
  return { ...server, clock, dropped, closes }
}

describe('before there is a connection', () => {
  it('messages wait, in order; what an open handler sends goes first', async () => {
    const { client, peers } = waiting()
    const bytes = Buffer.from('c')
    expect([client.send('a'), client.send('b'), client.send(bytes, { text: true })]).toEqual([true, true, true])
    bytes.fill('x')
    client.on('open', () => client.send('credentials'))
    await settle()
    await peers[0]!.accept()
    expect(await peers[0]!.texts()).toEqual(['credentials', 'a', 'b', 'c'])
    expect(client.bufferedAmount).toBe(0)
  })

  it('up to maxQueueSize, which empty messages fill as well', async () => {
    const { client } = waiting({ maxQueueSize: 1_000 })
    expect([client.send('x'.repeat(800)), client.send('')]).toEqual([true, false])
    const other = waiting({ maxQueueSize: 2_000 })
    expect(Array.from({ length: 12 }, () => other.client.send('')).filter(Boolean)).toHaveLength(10)
  })

  it('up to maxQueueAge', async () => {
    const { client, peers, clock, dropped } = waiting({ maxQueueAge: 5_000, handshakeTimeout: 60_000 })
    client.send('old')
    await clock.advanceAsync(3_000)
    client.send('newer')
    await clock.advanceAsync(2_000)
    await peers[0]!.accept()
    expect([dropped, await peers[0]!.texts()]).toEqual([['old: expired'], ['newer']])
  })

  it('or are refused', async () => {
    const { client, peers } = waiting({ queueWhileDisconnected: false })
    expect(client.send('a')).toBe(false)
    await settle()
    await peers[0]!.accept()
    expect(client.send('b')).toBe(true)
    expect(await peers[0]!.texts()).toEqual(['b'])
  })

  it('and are given back when the client gives up', async () => {
    const { client, dropped } = waiting()
    client.send('a')
    client.send('b')
    const drained = client.drained()
    client.terminate()
    await drained
    expect(dropped).toEqual(['a: closed', 'b: closed'])
  })
})

describe('a connection that dies', () => {
  it('what it was handed is unconfirmed; what waits goes to the next one', async () => {
    const { client, peers, clock, closes } = waiting({ capacity: 1_024 })
    await settle()
    await peers[0]!.accept()
    peers[0]!.socket.pause()
    const texts = Array.from({ length: 10 }, (_, count) => `${count}`.padEnd(20_000, '.'))
    for (const text of texts) expect(client.send(text)).toBe(true)
    await settle()
    peers[0]!.socket.destroy()
    await settle()
    const { count, messages } = closes[0]!.unconfirmed
    expect([count > 0, count < 10, messages]).toEqual([true, true, texts.slice(0, count)])
    await clock.advanceAsync(500)
    await peers[1]!.accept()
    await settle(200)
    expect(await peers[1]!.texts()).toEqual(texts.slice(count))
  })

  it('a Pong confirms what was sent before its Ping', async () => {
    const { client, peers, clock, closes } = waiting({ pingInterval: 10_000 })
    await settle()
    await peers[0]!.accept()
    client.send('before')
    await clock.advanceAsync(10_000)
    client.send('after')
    const ping = (await peers[0]!.frames()).find(({ frame }) => frame.opcode === Opcode.Ping)!
    await peers[0]!.send({ opcode: Opcode.Pong, payload: 'another' })
    await peers[0]!.send({ opcode: Opcode.Pong, payload: ping.frame.payload })
    peers[0]!.socket.destroy()
    await settle()
    expect(closes[0]!.unconfirmed).toEqual({ count: 1, messages: ['after'] })
  })

  it('another Pong confirms nothing', async () => {
    const { client, peers, clock, closes } = waiting({ pingInterval: 10_000 })
    await settle()
    await peers[0]!.accept()
    client.send('before')
    await clock.advanceAsync(10_000)
    await peers[0]!.send({ opcode: Opcode.Pong, payload: 'another' })
    peers[0]!.socket.destroy()
    await settle()
    expect(closes[0]!.unconfirmed).toEqual({ count: 1, messages: ['before'] })
  })

  it('the answer to our Close confirms everything; the server\'s own Close nothing', async () => {
    const { client, peers, closes } = waiting()
    await settle()
    await peers[0]!.accept()
    client.send('a')
    void client.close()
    await peers[0]!.send(new CloseFrame(1000))
    peers[0]!.socket.end()
    await settle()
    expect(closes[0]).toMatchObject({ clean: true, unconfirmed: { count: 0, messages: [] } })
    const other = waiting()
    await settle()
    await other.peers[0]!.accept()
    other.client.send('a')
    await other.peers[0]!.send(new CloseFrame(1001))
    other.peers[0]!.socket.end()
    await settle()
    expect(other.closes[0]).toMatchObject({ clean: true, unconfirmed: { count: 1, messages: ['a'] } })
  })

  it('keeps of the unconfirmed what fits into maxQueueSize, twice at most, and counts all', async () => {
    const { client, peers, closes } = waiting({ maxQueueSize: 3_000 })
    await settle()
    await peers[0]!.accept()
    for (let count = 0; count < 100; count++) client.send(`${count}`.padEnd(100))
    peers[0]!.socket.destroy()
    await settle()
    const { count, messages } = closes[0]!.unconfirmed
    const numbers = messages.map((message) => Number(message))
    expect([count, numbers]).toEqual([100, Array.from({ length: numbers.length }, (_, at) => 100 - numbers.length + at)])
    expect([numbers.length >= 10, numbers.length <= 20]).toEqual([true, true])
  })
})

describe('drained', () => {
  it('resolves when everything has left', async () => {
    const { client, peer } = await openRaw({ capacity: 1_024 })
    await client.drained()
    peer.socket.pause()
    for (let count = 0; count < 20; count++) client.send('x'.repeat(10_000))
    let isDrained = false
    void client.drained().then(() => { isDrained = true })
    await settle()
    expect([isDrained, client.bufferedAmount > 100_000]).toEqual([false, true])
    peer.socket.resume()
    await settle(400)
    expect([isDrained, client.bufferedAmount]).toEqual([true, 0])
    expect(await peer.texts()).toHaveLength(20)
  })

  it('a full queue refuses while the server does not read', async () => {
    const { client, peer } = await openRaw({ capacity: 1_024, maxQueueSize: 50_000 })
    peer.socket.pause()
    const taken = Array.from({ length: 20 }, () => client.send('x'.repeat(10_000))).filter(Boolean)
    // 64 KiB are with the socket.
    expect(taken.length).toBeGreaterThanOrEqual(10)
    expect(taken.length).toBeLessThan(13)
  })
})

it('100 kills: nothing that waits is lost or sent twice, and the rest is reported', async () => {
  const clock = virtualClock()
  const { client, peers } = rawServer({ clock, reconnect: 10, capacity: 2_048, pingInterval: false, maxQueueSize: 1 << 24, maxQueueAge: Infinity })
  const unconfirmed: string[] = []
  client.on('close', ({ unconfirmed: { count, messages } }) => {
    expect(messages).toHaveLength(count)
    unconfirmed.push(...messages.map((message) => String(message).trim()))
  })
  const received: string[] = []
  let next = 0
  const say = (count: number): void => { for (let left = count; left > 0; left--) expect(client.send(`${next++}`.padEnd(700))).toBe(true) }
  for (let kill = 0; kill < 100; kill++) {
    say(7)
    await clock.advanceAsync(10)
    const peer = peers.at(-1)!
    const isAccepted = kill % 10 !== 9
    if (isAccepted) await peer.accept()
    if (kill % 3 === 0) peer.socket.pause()
    say(5)
    await settle(kill % 5)
    if (isAccepted) received.push(...(await peer.texts()).map((text) => text.trim()))
    peer.socket.destroy()
    await settle()
  }
  await clock.advanceAsync(10)
  await peers.at(-1)!.accept()
  await settle(2_000)
  received.push(...(await peers.at(-1)!.texts()).map((text) => text.trim()))
  const numbers = received.map(Number)
  // None twice, none out of order, and each that did not come was reported.
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b))
  const missing = Array.from({ length: next }, (_, number) => `${number}`).filter((number) => !received.includes(number))
  expect(missing.filter((number) => !unconfirmed.includes(number))).toEqual([])
  expect([peers.length, client.bufferedAmount, numbers.at(-1)]).toEqual([101, 0, next - 1])
  client.terminate()
})
