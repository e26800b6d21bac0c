// Streams that are not Node's own sockets hand over what they are given, and may keep it: they get memory of their own, and
// what they hand to us is never changed in place (PERFORMANCE rule 3).
import { Buffer } from 'node:buffer'
import { PassThrough, Duplex } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { Bench } from '../support/bench.js'
import { FakeSocket, framesOf } from '../support/fake-socket.js'
import { type MemoryDuplex, memoryPair } from '../support/memory-duplex.js'
import { masked } from '../support/raw-peer.js'
import { turns } from '../support/wait.js'

interface Receiver {
  readonly bench: Bench<MemoryDuplex>
  readonly far: MemoryDuplex
  readonly received: Buffer[]
}

/** A connection in memory whose peer overwrites every chunk as soon as it has looked at it. */
function vandal(shared?: Bench<Duplex>): Receiver {
  const [near, far] = memoryPair()
  const received: Buffer[] = []
  far.on('data', (chunk: Buffer) => {
    received.push(Buffer.from(chunk))
    chunk.fill(0xff)
  })
  return { bench: new Bench(near, {}, shared).on('message', (connection, message) => { connection.send(message) }).start(), far, received }
}

const payloadsOf = ({ received }: Receiver): string[] => framesOf(Buffer.concat(received)).map(({ payload }) => payload.toString())

describe('a receiver that overwrites what it gets', () => {
  test.each([['small', 100], ['large', 20_000]])('harms nobody else in a broadcast of %s messages', async (_size, length) => {
    const first = vandal()
    const second = vandal(first.bench)
    const native = new Bench(new FakeSocket(), {}, first.bench).start()
    for (const text of ['a'.repeat(length), 'b'.repeat(length)]) {
      const message = new SharedMessage(first.bench.runtime, text)
      for (const { connection } of [first.bench, second.bench, native]) connection.sendShared(message)
    }
    await turns()
    const expected = ['a'.repeat(length), 'b'.repeat(length)]
    expect(payloadsOf(first)).toEqual(expected)
    expect(payloadsOf(second)).toEqual(expected)
    expect(native.stream.frames.map(({ payload }) => payload.toString())).toEqual(expected)
  })

  test.each([['small', 100], ['large', 20_000]])('does not harm the memory of the sender of %s messages', async (_size, length) => {
    const receiver = vandal()
    const payload = Buffer.alloc(length, 'x')
    receiver.bench.connection.send(payload)
    await turns()
    expect(payload.equals(Buffer.alloc(length, 'x'))).toBe(true)
    expect(payloadsOf(receiver)).toEqual(['x'.repeat(length)])
  })

  test('harms nobody else when messages have waited', async () => {
    const members = [vandal(), vandal()].map((one, index, all) => (index === 0 ? one : vandal(all[0]!.bench)))
    for (const { bench } of members) {
      const write = bench.stream._write.bind(bench.stream)
      bench.stream._write = (chunk, encoding, done) => { setImmediate(() => write(chunk, encoding, done)) }
      bench.connection.send('first')
    }
    await turns(1)
    for (const text of ['small', 'l'.repeat(20_000)]) {
      const message = new SharedMessage(members[0]!.bench.runtime, text)
      for (const { bench } of members) bench.connection.sendShared(message)
    }
    await turns(12)
    for (const member of members) expect(payloadsOf(member)).toEqual(['first', 'small', 'l'.repeat(20_000)])
  })

  test('harms nobody when a message waited behind a fragmented one', async () => {
    const [first] = [vandal()]
    const second = vandal(first.bench)
    const members = [first, second]
    for (const { bench } of members) bench.connection.send('begin', { fin: false })
    const message = new SharedMessage(first.bench.runtime, 'between')
    for (const { bench } of members) bench.connection.sendShared(message)
    for (const { bench } of members) bench.connection.send('end')
    await turns()
    for (const member of members) expect(payloadsOf(member)).toEqual(['begin', 'end', 'between'])
  })
})

test('bytes that come in are not unmasked in place', async () => {
  const { bench, far } = vandal()
  const seen: unknown[] = []
  bench.on('message', (_connection, message) => { seen.push(message) })
  const bytes = Buffer.concat([masked('one'), masked(Buffer.alloc(10_000, 'x'))])
  const before = Buffer.from(bytes)
  far.write(bytes)
  await turns()
  expect(seen.length).toBe(2)
  expect(bytes.equals(before)).toBe(true)
})

test('a PassThrough that somebody reads later still holds what was sent', async () => {
  const through = new PassThrough()
  const bench = new Bench<Duplex>(Duplex.from({ readable: new PassThrough(), writable: through })).on('message', () => {}).start()
  bench.connection.send('first')
  await turns()
  for (let i = 0; i < 2_000; i++) bench.connection.send(`filler ${i}`)
  await turns()
  const frames = framesOf(through.read() as Buffer)
  expect(frames[0]!.payload.toString()).toBe('first')
})
