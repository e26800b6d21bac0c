// The registry is safe to change while it is iterated (FEATURES A12).
import { expect, test } from 'vitest'
import { Connections } from '../../src/registry/connections.js'
import { Seat, SEAT, type Seated } from '../../src/connection/seat.js'

class Member implements Seated {
  readonly [SEAT] = new Seat<this>(this)
  readonly id: string
  constructor(id: string) {
    this.id = id
  }
}

function filled() {
  const connections = new Connections<Member>()
  const members = ['a', 'b', 'c', 'd'].map((id) => new Member(id))
  for (const member of members) connections.add(member)
  return { connections, members }
}

test('finds by id, counts, iterates in order', () => {
  const { connections, members } = filled()
  expect(connections.size).toBe(4)
  expect(connections.get('b')).toBe(members[1])
  expect(connections.get('x')).toBeUndefined()
  expect(connections.has('c')).toBe(true)
  expect([...connections]).toEqual(members)
})

test('what is gone is not visited any more, what is new is', () => {
  const { connections, members } = filled()
  const seen: string[] = []
  for (const { id } of connections) {
    seen.push(id)
    if (id === 'a') { connections.delete(members[1]!); connections.delete(members[0]!) }
    if (id === 'c') connections.add(new Member('e'))
  }
  expect(seen).toEqual(['a', 'c', 'd', 'e'])
})

test('two iterations at once do not disturb each other', () => {
  const { connections } = filled()
  let pairs = 0
  for (const _ of connections) for (const _inner of connections) pairs++
  expect(pairs).toBe(16)
})

test('removing one never removes another of the same id', () => {
  const connections = new Connections<Member>()
  const [first, second] = [new Member('a'), new Member('a')]
  connections.add(first)
  connections.add(second)
  connections.delete(first)
  expect(connections.get('a')).toBe(second)
})
