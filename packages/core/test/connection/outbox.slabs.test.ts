// What is kept must not pin what is shared: a frame of three bytes never holds a slab of 64 KiB (PERFORMANCE rule 3).
import { expect, test } from 'vitest'
import { SharedMessage } from '../../src/connection/shared-message.js'
import type { Slab } from '../../src/connection/slab.js'
import { type Bench, bench, receive } from '../support/bench.js'
import { collect } from '../support/collect.js'
import { framesOf } from '../support/fake-socket.js'
import { turns } from '../support/wait.js'

/** The slab in use, as something that can be seen to go; then another one takes its place. */
function retire(slab: Slab): WeakRef<ArrayBufferLike> {
  const reference = new WeakRef(slab.reserve(0).bytes.buffer)
  const next = slab.reserve(slab.reserve(0).room + 1)
  slab.view(next.bytes, 0, 1)
  return reference
}

function forget(b: Bench): void {
  b.stream.writes.length = b.stream.parts.length = 0
}

const broadcast = (b: Bench, text: string): boolean => b.connection.sendShared(new SharedMessage(b.runtime, text))

test('an idle connection holds none', async () => {
  const b = bench().on('message', (connection, message) => { connection.send(message) }).start()
  receive(b, 'a')
  broadcast(b, 'b')
  await turns()
  forget(b)
  const slabs = [retire(b.runtime.replySlab), retire(b.runtime.broadcastSlab)]
  await collect()
  expect(slabs.map((slab) => slab.deref())).toEqual([undefined, undefined])
  expect(b.connection.isEstablished).toBe(true)
})

test('frames that wait for a peer that does not read hold none', async () => {
  const b = bench().start()
  b.stream.isStalled = true
  b.connection.send('first') // the write that is outstanding
  await turns()
  retire(b.runtime.replySlab)
  b.connection.send('second')
  broadcast(b, 'third')
  await turns()
  const slabs = [retire(b.runtime.replySlab), retire(b.runtime.broadcastSlab)]
  await collect()
  expect(slabs.map((slab) => slab.deref())).toEqual([undefined, undefined])
  b.stream.release()
  await turns()
  expect(b.stream.frames.map(({ payload }) => payload.toString())).toEqual(['first', 'second', 'third'])
})

test('an outstanding write holds one slab of replies at most', async () => {
  const b = bench().start()
  b.stream.isStalled = true
  b.connection.send('in the first slab')
  b.connection.sendShared(new SharedMessage(b.runtime, 'between'))
  b.connection.send('there, too')
  const first = retire(b.runtime.replySlab)
  b.connection.send('in the next')
  b.connection.send('and behind it')
  await turns()
  expect(b.runtime.pinnedSlabs.bytes).toBe(b.runtime.replySlab.reserve(0).bytes.length)
  b.stream.writes.length = 0
  await collect()
  expect(first.deref()).toBe(undefined)
  expect(b.stream.parts.map((part) => framesOf(part).map(({ payload }) => payload.toString()))).toEqual([
    ['in the first slab'], ['between'], ['there, too'], ['in the next', 'and behind it']])
})

test('messages that wait for the end of a fragmented one hold none', async () => {
  const b = bench().start()
  b.connection.send('begin', { fin: false })
  broadcast(b, 'waits')
  await turns()
  forget(b)
  const slabs = [retire(b.runtime.replySlab), retire(b.runtime.broadcastSlab)]
  await collect()
  expect(slabs.map((slab) => slab.deref())).toEqual([undefined, undefined])
  b.connection.send('end')
  await turns()
  expect(b.stream.frames.map(({ payload }) => payload.toString())).toEqual(['end', 'waits'])
})

test('a message that the application keeps does not hold the chunk it came in', async () => {
  const kept: (string | Buffer)[] = []
  const b = bench().on('message', (_connection, message) => { kept.push(message) }).start()
  receive(b, Buffer.from('small'), Buffer.alloc(60_000))
  await turns()
  expect(kept.length).toBe(2)
  expect((kept[0] as Buffer).buffer).not.toBe((kept[1] as Buffer).buffer)
})
