// Who is subscribed to what; a topic exists while it has a member.
import { expect, test } from 'vitest'
import { Topics } from '../../src/registry/topics.js'

test('members join once and leave once; empty topics are forgotten', () => {
  const topics = new Topics<string>()
  topics.join('anna', 'a')
  topics.join('anna', 'a')
  topics.join('ben', 'a')
  topics.join('ben', 'b')
  expect([...topics.membersOf('a')]).toEqual(['anna', 'ben'])
  expect(topics.size).toBe(2)
  topics.leave('anna', 'a')
  topics.leave('anna', 'a')
  topics.leave('anna', 'never')
  topics.leave('ben', 'b')
  expect(topics.size).toBe(1)
  expect(topics.membersOf('b').size).toBe(0)
})

test('members may leave and join while they are iterated', () => {
  const topics = new Topics<string>()
  for (const member of ['a', 'b', 'c']) topics.join(member, 't')
  const seen: string[] = []
  for (const member of topics.membersOf('t')) {
    seen.push(member)
    if (member === 'a') { topics.leave('a', 't'); topics.leave('b', 't') }
  }
  expect(seen).toEqual(['a', 'c'])
})

test('names of Object.prototype are only names', () => {
  const topics = new Topics<string>()
  for (const name of ['__proto__', 'constructor', 'toString', '']) topics.join('m', name)
  expect(topics.size).toBe(4)
  expect([...topics.membersOf('__proto__')]).toEqual(['m'])
  expect(topics.membersOf('hasOwnProperty').size).toBe(0)
})
