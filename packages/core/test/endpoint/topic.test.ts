// A topic as a thing: it holds nothing and reads its endpoint.
import { expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.js'
import { Topic } from '../../src/endpoint/topic.js'

const fake = (name: string, closes: boolean) => ({ name, close: (code: number, reason: string) => { calls.push(`${name} ${code} ${reason}`); return closes } }) as unknown as Connection<undefined>
let calls: string[] = []

test('reads its members now, publishes through its owner, disconnects those that still are open', () => {
  calls = []
  const members = new Set([fake('a', true), fake('b', false)])
  const published: unknown[] = []
  const topic = new Topic<undefined>('room', { membersOf: (name) => (name === 'room' ? members : new Set()), publish: (...message) => { published.push(message); return 7 } })
  expect([topic.size, [...topic].length, topic.has([...members][0]!)]).toEqual([2, 2, true])
  expect(topic.publish('hi', { text: true })).toBe(7)
  expect(published).toEqual([['room', 'hi', { text: true }]])
  expect(topic.disconnect(4000, 'moved')).toBe(1)
  expect(calls).toEqual(['a 4000 moved', 'b 4000 moved'])
  topic.disconnect()
  expect(calls.slice(2)).toEqual(['a 1000 ', 'b 1000 '])
  members.clear()
  expect(topic.size).toBe(0)
})
