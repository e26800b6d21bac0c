// One write per socket and turn (PERFORMANCE rule 2): replies at the end of the read that caused them, everything else at
// the end of the turn, from 64 KiB on at once.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { FakeSocket } from '../support/fake-socket.js'
import { Bench, bench, receive } from '../support/bench.js'
import { turns } from '../support/wait.js'
import { SharedMessage } from '../../src/connection/shared-message.js'

const textsOf = (b: Bench): string[] => b.stream.frames.map(({ payload }) => payload.toString())

/** Connections of one endpoint. */
function group(count: number): Bench[] {
  const first = bench().start()
  return [first, ...Array.from({ length: count - 1 }, () => new Bench(new FakeSocket(), {}, first).start())]
}

function broadcast(members: readonly Bench[], data: string | Buffer): void {
  const message = new SharedMessage(members[0]!.runtime, data)
  for (const { connection } of members) connection.sendShared(message)
}

describe('replies', () => {
  test('to what came in one read leave in one write, before the turn ends', () => {
    const b = bench().on('message', (connection, message) => { connection.send(message); connection.send('!') }).start()
    b.stream.resume()
    receive(b, 'a', 'b', 'c')
    b.stream.read()
    expect(b.stream.writes.length).toBe(1)
    expect(textsOf(b)).toEqual(['a', '!', 'b', '!', 'c', '!'])
  })

  test('after an await leave together at the end of the turn', async () => {
    const b = bench().on('message', async (connection, message) => { await Promise.resolve(); connection.send(message) }).start()
    await turns()
    receive(b, 'a', 'b', 'c')
    expect(b.stream.writes.length).toBe(0)
    await turns()
    expect(b.stream.writes.length).toBe(1)
    expect(textsOf(b)).toEqual(['a', 'b', 'c'])
  })

  test('and broadcasts keep their order in one write', () => {
    const b = bench().on('message', (connection, message) => {
      connection.send(`1 ${message}`)
      broadcast([b], `2 ${message}`)
      connection.send(Buffer.alloc(9_000, 'x'))
      broadcast([b], Buffer.alloc(9_000, 'y'))
      connection.send(`3 ${message}`)
    }).start()
    b.stream.resume()
    receive(b, 'a', 'b')
    b.stream.read()
    expect(b.stream.writes.length).toBe(1)
    expect(textsOf(b).map((text) => text.slice(0, 3))).toEqual(['1 a', '2 a', 'xxx', 'yyy', '3 a', '1 b', '2 b', 'xxx', 'yyy', '3 b'])
  })
})

describe('sends outside of a read', () => {
  test('of one turn leave in one write', async () => {
    const b = bench().start()
    for (let i = 0; i < 100; i++) b.connection.send(String(i))
    expect(b.stream.writes.length).toBe(0)
    expect(b.connection.bufferedAmount).toBe(390)
    await turns(1)
    expect(b.stream.writes.length).toBe(1)
    expect(b.connection.bufferedAmount).toBe(0)
    expect(textsOf(b).length).toBe(100)
  })

  test('leave at once when 64 KiB have come together', () => {
    const b = bench().start()
    for (let i = 0; i < 63; i++) b.connection.send(Buffer.alloc(1_024))
    expect(b.stream.writes.length).toBe(0)
    b.connection.send(Buffer.alloc(1_024))
    expect(b.stream.writes.length).toBe(1)
    b.connection.send('next')
    expect(b.stream.writes.length).toBe(1)
  })

  test('of a large payload copy nothing: header and payload leave in one corked write', async () => {
    const b = bench().start()
    const payload = Buffer.alloc(8 * 1_024 + 1, 'x')
    b.connection.send(payload)
    await turns(1)
    expect(b.stream.writes.length).toBe(1)
    expect(b.stream.parts.length).toBe(2)
    expect(b.stream.parts[1]!.buffer).toBe(payload.buffer)
    expect(b.stream.frames[0]!.payload.equals(payload)).toBe(true)
  })

  test('of a small payload copy it: the caller may use its memory again', async () => {
    const b = bench().start()
    const payload = Buffer.alloc(8 * 1_024, 'x')
    b.connection.send(payload)
    payload.fill('!')
    await turns(1)
    expect(b.stream.frames[0]!.payload.equals(Buffer.alloc(8 * 1_024, 'x'))).toBe(true)
  })

  test.each([[''], ['é'], ['x'.repeat(125)], ['x'.repeat(126)], ['é'.repeat(100)], ['é'.repeat(40_000)], ['x'.repeat(8_192)],
    ['x'.repeat(8_193)], ['\u{1f600}'.repeat(5_000)], ['\ud800 alone'], ['x'.repeat(70_000)]])('text %# arrives as it was', async (text) => {
    const b = bench().start()
    b.connection.send(text)
    await turns(1)
    expect(b.stream.frames[0]!.payload.equals(Buffer.from(text))).toBe(true)
  })

  test.each([new Uint16Array([1, 2, 3]), new DataView(new ArrayBuffer(8), 2, 4), new ArrayBuffer(5), new SharedArrayBuffer(3)])('bytes of any kind', async (bytes) => {
    const b = bench().start()
    b.connection.send(bytes)
    await turns(1)
    expect(b.stream.frames[0]!.payload.length).toBe(bytes.byteLength)
  })

  test.each([1, null, undefined, {}, [1], true, Symbol('s')])('anything else is a usage error', (value) => {
    const b = bench().start()
    expect(() => b.connection.send(value as never)).toThrow(expect.objectContaining({ code: 'WS_ERR_PAYLOAD' }))
  })
})

describe('broadcasts', () => {
  test('of one turn: one write for each socket, and all receivers share the same Buffer object', async () => {
    const members = group(10)
    for (let i = 0; i < 16; i++) broadcast(members, `message ${i}`)
    await turns(1)
    for (const { stream } of members) {
      expect(stream.writes.length).toBe(1)
      expect(stream.parts.length).toBe(1)
      expect(stream.parts[0]).toBe(members[0]!.stream.parts[0])
    }
    expect(textsOf(members[3]!)).toEqual(Array.from({ length: 16 }, (_, i) => `message ${i}`))
  })

  test('of large messages share one encoding as well', async () => {
    const members = group(3)
    broadcast(members, 'x'.repeat(20_000))
    broadcast(members, Buffer.alloc(20_000))
    await turns(1)
    for (const { stream } of members) {
      expect(stream.writes.length).toBe(1)
      expect(stream.parts.length).toBe(2)
      expect(stream.parts[0]).toBe(members[0]!.stream.parts[0])
      expect(stream.parts[1]).toBe(members[0]!.stream.parts[1])
    }
  })

  test('split by a reply of one receiver still reach everybody in order', async () => {
    const members = group(3)
    broadcast(members, 'a')
    members[1]!.connection.send('own')
    broadcast(members, 'b')
    await turns(1)
    expect(members.map(textsOf)).toEqual([['a', 'b'], ['a', 'own', 'b'], ['a', 'b']])
    expect(members.map(({ stream }) => stream.writes.length)).toEqual([1, 1, 1])
  })

  test('that fill more than one slab lose nothing', async () => {
    const members = group(2)
    const texts = Array.from({ length: 500 }, (_, i) => `${i} ${'é'.repeat(i)}`)
    for (const text of texts) broadcast(members, text)
    await turns(1)
    for (const member of members) expect(textsOf(member)).toEqual(texts)
  })
})
