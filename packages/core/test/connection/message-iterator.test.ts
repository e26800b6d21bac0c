// A queue and its one reader.
import { expect, test, vi } from 'vitest'
import { MessageIterator } from '../../src/connection/message-iterator.js'

function active(onRoom = () => {}): MessageIterator {
  const iterator = new MessageIterator(onRoom)
  iterator.activate()
  return iterator
}

const done = { done: true, value: undefined }

test('hands out in order, at once where somebody waits', async () => {
  const onRoom = vi.fn()
  const iterator = active(onRoom)
  const first = iterator.next()
  const second = iterator.next()
  for (const message of ['a', 'b', 'c']) iterator.push(message)
  expect(await Promise.all([first, second])).toEqual([{ done: false, value: 'a' }, { done: false, value: 'b' }])
  expect([iterator.size, iterator.bytes]).toEqual([1, 1])
  expect(onRoom).not.toHaveBeenCalled()
  expect(await iterator.next()).toEqual({ done: false, value: 'c' })
  expect([iterator.size, iterator.bytes]).toEqual([0, 0])
  expect(onRoom).toHaveBeenCalledTimes(1)
})

test('after the end what waits is still handed out, then every reader hears the end', async () => {
  const iterator = active()
  iterator.push('a')
  iterator.end()
  expect(await iterator.next()).toEqual({ done: false, value: 'a' })
  expect(await iterator.next()).toEqual(done)
  const waiting = active()
  const reader = waiting.next()
  waiting.end()
  expect(await reader).toEqual(done)
})

test('returned, it keeps what waits for the next loop', async () => {
  const iterator = active()
  iterator.push('a')
  expect(await iterator.return()).toEqual(done)
  expect(iterator.isActive).toBe(false)
  iterator.push('b')
  iterator.activate()
  expect(await iterator.next()).toEqual({ done: false, value: 'a' })
  expect(await iterator.next()).toEqual({ done: false, value: 'b' })
  expect(iterator[Symbol.asyncIterator]()).toBe(iterator)
})
