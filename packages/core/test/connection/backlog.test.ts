// Whole messages that wait: in their order, counted, in memory of their own, and any of them can go.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { Backlog } from '../../src/connection/backlog.js'
import { SharedFrame } from '../../src/connection/shared-frame.js'
import { Opcode } from '../../src/protocol/index.js'

const whole = (data: string | Buffer) => ({ opcode: typeof data === 'string' ? Opcode.Text : Opcode.Binary, data, compress: undefined, relay: undefined })
const frame = (bytes: Buffer, start = 0, end = bytes.length): SharedFrame => new SharedFrame({ bytes, start, end })

function rest(backlog: Backlog): string[] {
  const messages: string[] = []
  for (let next = backlog.shift(); next !== undefined; next = backlog.shift()) messages.push(next instanceof SharedFrame ? next.lasting.toString() : next.data.toString())
  return messages
}

const filled = (...entries: [text: string, key?: string][]): Backlog => {
  const backlog = new Backlog()
  for (const [text, key] of entries) backlog.push(whole(text), key)
  return backlog
}

test('first in, first out, counted as frames', () => {
  const backlog = new Backlog()
  backlog.push(whole('€ne'), undefined)
  backlog.push(frame(Buffer.from('..two..'), 2, 5), undefined)
  backlog.push(whole(Buffer.alloc(200, '3')), undefined)
  expect([backlog.length, backlog.bytes]).toEqual([3, 2 + 5 + 3 + 4 + 200])
  expect(rest(backlog)).toEqual(['€ne', 'two', '3'.repeat(200)])
  expect([backlog.length, backlog.bytes, backlog.shift()]).toEqual([0, 0, undefined])
})

test('neither changes with the caller\'s memory nor pins a slab; one copy of a frame for all', () => {
  const [first, second] = [new Backlog(), new Backlog()]
  const [own, slab] = [Buffer.from('own'), Buffer.alloc(1_000, 's')]
  const shared = frame(slab, 10, 13)
  first.push(whole(own), undefined)
  for (const backlog of [first, second]) backlog.push(shared, undefined)
  own.fill('x')
  slab.fill('x')
  expect((first.shift() as { data: Buffer }).data.toString()).toBe('own')
  const kept = first.shift() as SharedFrame
  expect([kept.bytes.toString(), kept.start]).toEqual(['sss', 0])
  expect(second.shift()).toBe(kept)
})

test('a frame that was deflated stays one', () => {
  const backlog = new Backlog()
  backlog.push(new SharedFrame({ bytes: Buffer.from('x'), start: 0, end: 1 }, { isDeflated: true }), undefined)
  expect(backlog.shift()).toMatchObject({ isDeflated: true, size: 1 })
})

test('the newest of a key is found, and the oldest without one, wherever messages are taken out', () => {
  const backlog = filled(['a1', 'a'], ['1'], ['b1', 'b'], ['2'], ['a2', 'a'])
  const oldest = (): unknown => (backlog.oldestUnkeyed?.message as { data: Buffer } | undefined)?.data.toString()
  expect([(backlog.find('a')!.message as { data: Buffer }).data.toString(), backlog.find('c')]).toEqual(['a2', undefined])
  expect([backlog.unkeyedLength, backlog.unkeyedBytes, oldest()]).toEqual([2, 6, '1'])
  backlog.remove(backlog.oldestUnkeyed!)
  expect([backlog.unkeyedLength, oldest()]).toEqual([1, '2'])
  backlog.remove(backlog.find('b')!)
  backlog.remove(backlog.oldestUnkeyed!)
  expect([backlog.unkeyedLength, backlog.unkeyedBytes, oldest(), backlog.find('b')]).toEqual([0, 0, undefined, undefined])
  backlog.push(whole('3'), undefined)
  expect([oldest(), backlog.length]).toEqual(['3', 3])
  expect(rest(backlog)).toEqual(['a1', 'a2', '3'])
  expect([backlog.find('a'), oldest(), backlog.bytes]).toEqual([undefined, undefined, 0])
})

test('the older message of a key can go without the newer', () => {
  const backlog = filled(['a1', 'a'], ['a2', 'a'])
  backlog.shift()
  expect(backlog.find('a')).toBeDefined()
  expect(rest(backlog)).toEqual(['a2'])
})

test('cleared, it begins anew', () => {
  const backlog = filled(['1'], ['a1', 'a'])
  backlog.clear()
  expect([backlog.length, backlog.bytes, backlog.unkeyedLength, backlog.unkeyedBytes, backlog.oldestUnkeyed, backlog.find('a'), backlog.shift()]).toEqual([0, 0, 0, 0, undefined, undefined, undefined])
  backlog.push(whole('2'), undefined)
  expect(rest(backlog)).toEqual(['2'])
})
