// A topic as a thing: it holds nothing and reads its endpoint.
import { expect, test } from 'vitest'
import type { Connection } from '../../src/connection/connection.js'
import { Topic } from '../../src/endpoint/topic.js'
import { Members } from '../../src/registry/members.js'
import { Seat, SEAT } from '../../src/connection/seat.js'

function fake(name: string, closes: boolean): Connection<undefined> {
  const made = { name, close: (code: number, reason: string) => { calls.push(`${name} ${code} ${reason}`); return closes } } as unknown as Connection<undefined>
  return Object.assign(made, { [SEAT]: new Seat(made) })
}

let calls: string[] = []

test('reads its members now, publishes through its owner, disconnects those that still are open', () => {
  calls = []
  const both = [fake('a', true), fake('b', false)]
  const members = new Members<Connection<undefined>>()
  for (const member of both) members.add(member)
  const published: unknown[] = []
  const topic = new Topic<undefined>('room', { membersOf: (name) => (name === 'room' ? members : new Members()), publish: (...message) => { published.push(message); return 7 } })
  expect([topic.size, [...topic].length, topic.has(both[0]!)]).toEqual([2, 2, true])
  expect(topic.publish('hi', { text: true })).toBe(7)
  expect(published).toEqual([['room', 'hi', { text: true }]])
  expect(topic.disconnect(4000, 'moved')).toBe(1)
  expect(calls).toEqual(['a 4000 moved', 'b 4000 moved'])
  topic.disconnect()
  expect(calls.slice(2)).toEqual(['a 1000 ', 'b 1000 '])
  for (const member of both) members.delete(member)
  expect(topic.size).toBe(0)
})
