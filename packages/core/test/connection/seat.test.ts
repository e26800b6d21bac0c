// What has left its registry is garbage at the next small collection, however old the registry is (docs/adr/0015-seats.md).
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { Connections } from '../../src/registry/connections.js'
import { Members } from '../../src/registry/members.js'
import { Seat, SEAT, type Seated } from '../../src/connection/seat.js'
import { Topics } from '../../src/registry/topics.js'

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as (options?: { type: 'minor' }) => void

/** Two visits of it promote whatever lives. */
function collectYoung(): void {
  for (let i = 0; i < 4; i++) gc({ type: 'minor' })
}

const WEIGHT = 8_000

class Member implements Seated {
  readonly [SEAT] = new Seat<this>(this)
  readonly id: string
  /** What sockets and buffers weigh. */
  readonly weight = new Array<number>(WEIGHT / 8).fill(0.5)
  constructor(id: string) {
    this.id = id
  }
}

interface Registry {
  add(member: Member): void
  delete(member: Member): void
}

/** Bytes that are left after 2,000 have come and gone, 50 of them at a time, and of which only small collections have had a chance. */
function leftBehind(registry: Registry): number {
  const come = (name: string): Member => {
    const member = new Member(name)
    registry.add(member)
    return member
  }
  const present = Array.from({ length: 50 }, (_, i) => come(`old ${i}`))
  gc() // the registry is old from now on
  gc()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 2_000; i++) {
    const leaving = present[i % 50]!
    registry.delete(leaving)
    leaving[SEAT].vacate()
    present[i % 50] = come(`new ${i}`)
  }
  for (const member of present) {
    registry.delete(member)
    member[SEAT].vacate()
  }
  present.length = 0
  collectYoung()
  return process.memoryUsage().heapUsed - before
}

const topics = new Topics<Member>()

test.each<[string, Registry]>([
  ['connections', new Connections<Member>()],
  ['members', new Members<Member>()],
  ['topics', { add: (member) => topics.join(member, 'room'), delete: (member) => topics.leave(member, 'room') }],
])('of 16 MB that have gone through %s nothing is left', (_name, registry) => {
  expect(leftBehind(registry)).toBeLessThan(2_000_000)
})

test('a plain Set would have kept a good part of it', () => {
  expect(leftBehind(new Set<Member>() as unknown as Registry)).toBeGreaterThan(4_000_000)
})

test('an empty seat holds nothing', () => {
  const member = new Member('a')
  member[SEAT].vacate()
  expect(member[SEAT].member).toBeUndefined()
})
