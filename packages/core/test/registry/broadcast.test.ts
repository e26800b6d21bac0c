// One message to many: who is left out, and how many took it.
import { expect, test } from 'vitest'
import { type BroadcastOptions, deliver } from '../../src/registry/broadcast.js'
import { Members } from '../../src/registry/members.js'
import { Seat, SEAT, type Seated } from '../../src/connection/seat.js'

class Member implements Seated {
  readonly [SEAT] = new Seat<this>(this)
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
  get accepts(): boolean {
    return this.name !== 'c'
  }
}

const [a, b, c] = ['a', 'b', 'c'].map((name) => new Member(name)) as [Member, Member, Member]
const members = new Members<Member>()
for (const member of [a, b, c]) members.add(member)

function sentTo(options: BroadcastOptions<Member>): { names: string; count: number } {
  const names: string[] = []
  const count = deliver(members, (member) => { names.push(member.name); return member.accepts }, options)
  return { names: names.join(''), count }
}

test('counts those that accepted', () => {
  expect(sentTo({})).toEqual({ names: 'abc', count: 2 })
})

test('leaves out one, or several of any iterable', () => {
  expect(sentTo({ except: a })).toEqual({ names: 'bc', count: 1 })
  for (const except of [[a, b], new Set([a, b]), new Map([[a, 1], [b, 2]]).keys()]) expect(sentTo({ except })).toEqual({ names: 'c', count: 0 })
  expect(sentTo({ except: [] }).names).toBe('abc')
  expect(sentTo({ except: undefined }).names).toBe('abc')
})

test('leaves out those for which the filter says false; it is not asked about those left out already', () => {
  const asked: string[] = []
  const filter = ({ name }: Member): boolean => { asked.push(name); return name === 'b' }
  expect(sentTo({ except: a, filter })).toEqual({ names: 'b', count: 1 })
  expect(asked).toEqual(['b', 'c'])
})
