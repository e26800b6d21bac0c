// What is gathered comes out in order: ranges of a slab as one view each, other memory as it is, and copies where nothing else may be held.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { Gathering } from '../../src/connection/gathering.js'
import { encodeSharedBytes } from '../../src/connection/shared-frame.js'
import { Runtime } from '../../src/runtime.js'

class Gathered extends Gathering {
  constructor(runtime = new Runtime(), needsCopy = false) { super(runtime, needsCopy) }

  /** In the slab of replies. */
  reply(text: string): this {
    const writer = this.runtime.replySlab.reserve(text.length)
    const start = writer.position
    writer.bytes.write(text, start)
    writer.position += text.length
    this.addRange(writer.bytes, start, writer.position)
    return this
  }

  shared(text: string): this {
    this.addShared(encodeSharedBytes(this.runtime.broadcastSlab, 0x82, Buffer.from(text)))
    return this
  }

  part(bytes: Buffer): this {
    this.addPart(bytes)
    return this
  }

  catchUp(): this {
    this.isCatchingUp = true
    return this
  }

  take(): Buffer[] {
    this.closeRange()
    const taken = this.parts ?? []
    this.forget()
    return taken
  }
}

const inSlab = (gathered: Gathered, part: Buffer): boolean => gathered['runtime'].pinnedSlabs.has(part)

test('replies side by side are one view of the slab', () => {
  const gathered = new Gathered().reply('one').reply('two')
  const [range, ...more] = gathered.take()
  expect([range!.toString(), inSlab(gathered, range!), more]).toEqual(['onetwo', true, []])
})

test('what lies elsewhere comes between them, in order', () => {
  const large = Buffer.alloc(10, 'L')
  const parts = new Gathered().reply('a').part(large).reply('b').shared('c').shared('d').reply('e').take()
  expect(parts.map(String)).toEqual(['a', 'L'.repeat(10), 'b', '\ufffd\x01c\ufffd\x01d', 'e'])
  expect(parts[1]).toBe(large)
})

test('receivers of the same broadcasts get the same object', () => {
  const runtime = new Runtime()
  const frames = ['one', 'two'].map((text) => encodeSharedBytes(runtime.broadcastSlab, 0x82, Buffer.from(text)))
  const views = [0, 1].map(() => {
    const gathered = new Gathered(runtime)
    for (const frame of frames) gathered['addShared'](frame)
    return gathered.take()
  })
  expect(views[0]).toHaveLength(1)
  expect(views[0]![0]).toBe(views[1]![0])
})

test.each<[string, (gathered: Gathered) => Gathered]>([
  ['what has to be copied', () => new Gathered(undefined, true).reply('one')],
  ['what leaves for a peer that was slow', (gathered) => gathered.catchUp().reply('one')],
])('%s holds no slab', (_what, fill) => {
  const gathered = fill(new Gathered())
  const [part] = gathered.take()
  expect([part!.toString(), part!.buffer.byteLength, inSlab(gathered, part!)]).toEqual(['one', 3, false])
})

test('one write holds one slab of replies: what lies in the one before is copied', () => {
  const gathered = new Gathered().reply('old')
  gathered['runtime'].replySlab.reserve(1 << 20)
  const parts = gathered.reply('new').take()
  expect(parts.map((part) => [String(part), inSlab(gathered, part)])).toEqual([['old', false], ['new', true]])
})
