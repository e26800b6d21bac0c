// Who is subscribed to what; a topic exists while it has a member.
import { expect, test } from 'vitest'
import { Seat, SEAT, type Seated } from '../../src/connection/seat.js'
import { Topics } from '../../src/registry/topics.js'

class Member implements Seated {
  readonly [SEAT] = new Seat<this>(this)
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const [anna, ben, carl] = ['anna', 'ben', 'carl'].map((name) => new Member(name)) as [Member, Member, Member]
const namesOf = (members: Iterable<Member>): string[] => [...members].map(({ name }) => name)

test('members join once and leave once; empty topics are forgotten', () => {
  const topics = new Topics<Member>()
  topics.join(anna, 'a')
  topics.join(anna, 'a')
  topics.join(ben, 'a')
  topics.join(ben, 'b')
  expect(namesOf(topics.membersOf('a'))).toEqual(['anna', 'ben'])
  expect(topics.size).toBe(2)
  topics.leave(anna, 'a')
  topics.leave(anna, 'a')
  topics.leave(anna, 'never')
  topics.leave(ben, 'b')
  expect(topics.size).toBe(1)
  expect(topics.membersOf('b').size).toBe(0)
})

test('members may leave and join while they are iterated', () => {
  const topics = new Topics<Member>()
  for (const member of [anna, ben, carl]) topics.join(member, 't')
  const seen: string[] = []
  for (const member of topics.membersOf('t')) {
    seen.push(member.name)
    if (member === anna) { topics.leave(anna, 't'); topics.leave(ben, 't') }
  }
  expect(seen).toEqual(['anna', 'carl'])
})

test('names of Object.prototype are only names', () => {
  const topics = new Topics<Member>()
  for (const name of ['__proto__', 'constructor', 'toString', '']) topics.join(anna, name)
  expect(topics.size).toBe(4)
  expect(namesOf(topics.membersOf('__proto__'))).toEqual(['anna'])
  expect(topics.membersOf('hasOwnProperty').size).toBe(0)
})
