// What unfinished writes hold of slabs, each counted whole and once.
import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { PinnedSlabs } from '../../src/connection/pinned-slabs.js'
import { SharedMessage } from '../../src/connection/shared-message.js'
import { Bench, bench } from '../support/bench.js'
import { FakeSocket } from '../support/fake-socket.js'
import { turns } from '../support/wait.js'

const SLAB = 65_536

test('a slab counts whole, and once, until its last holder is gone', () => {
  const pinned = new PinnedSlabs(2 * SLAB)
  const [a, b] = [Buffer.alloc(SLAB), Buffer.alloc(SLAB)].map((slab) => pinned.register(slab))
  const parts = [a!.subarray(0, 3), a!.subarray(3, 5), b!.subarray(0, 1)]
  pinned.pin(parts[0]!)
  pinned.pin(parts[1]!)
  expect([pinned.bytes, pinned.isFull]).toEqual([SLAB, false])
  pinned.pin(parts[2]!)
  expect([pinned.bytes, pinned.isFull]).toEqual([2 * SLAB, true])
  pinned.unpin(parts[0]!)
  expect(pinned.bytes).toBe(2 * SLAB)
  pinned.unpin(parts[1]!)
  expect([pinned.bytes, pinned.isFull]).toEqual([SLAB, false])
  pinned.unpin(parts[2]!)
  expect(pinned.bytes).toBe(0)
})

test('other memory does not count', () => {
  const pinned = new PinnedSlabs()
  const own = Buffer.alloc(SLAB)
  pinned.pin(own)
  expect([pinned.bytes, pinned.isFull]).toEqual([0, false])
  pinned.unpin(own)
  expect(pinned.bytes).toBe(0)
})

describe('a connection', () => {
  const slabs = ({ runtime }: Bench): number => runtime.pinnedSlabs.bytes / SLAB

  test('holds what it writes until the kernel has taken it', async () => {
    const b = bench().start()
    b.connection.send('taken at once')
    await turns()
    expect(slabs(b)).toBe(0)
    b.stream.isStalled = true
    b.connection.send('stalls')
    b.connection.sendShared(new SharedMessage(b.runtime, 'in another slab'))
    await turns()
    expect(slabs(b)).toBe(2)
    b.connection.send('waits')
    for (let i = 0; i < 2; i++) { b.stream.releaseOne(); await turns() }
    expect([slabs(b), b.stream.writes.length]).toEqual([0, 3])
    b.stream.release()
    await turns()
    expect(slabs(b)).toBe(0)
  })

  test('holds nothing after its end', async () => {
    const b = bench().start()
    b.stream.isStalled = true
    b.connection.send('stalls')
    await turns()
    b.connection.close()
    b.clock.advance(5_000)
    await turns()
    expect(slabs(b)).toBe(1)
    b.connection.terminate()
    await turns()
    expect([slabs(b), b.closed.length]).toEqual([0, 1])
  })

  test('gets copies when the budget is used up, and receivers of a broadcast get the same one', async () => {
    const first = bench().start()
    Object.assign(first.runtime.pinnedSlabs, { isFull: true })
    const others = [0, 1].map(() => new Bench(new FakeSocket(), {}, first).start())
    for (const { stream, connection } of [first, ...others]) {
      stream.isStalled = true
      connection.send('a reply')
      await turns()
    }
    expect([slabs(first), first.stream.parts[0]!.buffer === first.runtime.replySlab.reserve(0).bytes.buffer]).toEqual([0, false])
    for (const { stream } of [first, ...others]) stream.release()
    await turns()
    const message = new SharedMessage(first.runtime, 'to all')
    for (const { connection } of [first, ...others]) connection.sendShared(message)
    await turns()
    const parts = [first, ...others].map(({ stream }) => stream.parts.at(-1)!)
    expect(parts.every((part) => part === parts[0])).toBe(true)
    expect(parts[0]!.buffer).not.toBe(first.runtime.broadcastSlab.reserve(0).bytes.buffer)
    expect(others[1]!.stream.frames.map(({ payload }) => payload.toString())).toEqual(['a reply', 'to all'])
  })
})
