// Batches over a time: each member once, the first batch at once, the last one not later than the time says.
import { expect, test } from 'vitest'
import { Spread } from '../../src/endpoint/spread.js'
import { Runtime } from '../../src/runtime.js'
import { testClock } from '../support/virtual-clock.js'

function setup(count: number, duration: number, now = 0) {
  const clock = testClock()
  clock.advance(now)
  const runtime = new Runtime({ clock })
  const done: { member: number; at: number }[] = []
  const startedAt = clock.now()
  const act = (member: number): void => void done.push({ member, at: clock.now() - startedAt })
  const spread = new Spread(runtime, Array.from({ length: count }, (_, index) => index), { duration, act })
  return { clock, runtime, spread, done }
}

test('without a time, all at once and in order, and no timer', () => {
  const { spread, done, runtime } = setup(3, 0)
  spread.run()
  expect(done).toEqual([0, 1, 2].map((member) => ({ member, at: 0 })))
  expect(runtime.wheel.size).toBe(0)
})

test.each([0, 1, 50, 99])('each once, one batch in each tenth of a second, from the first moment to the last (%i ms into a tick)', (now) => {
  const { spread, done, clock, runtime } = setup(5_000, 1_000, now)
  spread.run()
  clock.advance(1_100)
  expect(new Set(done.map(({ member }) => member)).size).toBe(5_000)
  expect(done.length).toBe(5_000)
  const moments = [...new Set(done.map(({ at }) => at))]
  expect(moments.length).toBe(11)
  moments.forEach((at, index) => {
    expect(at).toBeGreaterThanOrEqual(index * 100)
    expect(at).toBeLessThanOrEqual(index * 100 + 100)
  })
  expect(runtime.wheel.size).toBe(0)
})

test('a process that was blocked makes up for it', () => {
  const { spread, done, clock } = setup(100, 1_000)
  spread.run()
  clock.jump(5_000)
  expect(done.length).toBe(100)
})

test('stopped, it leaves the rest undone, and no timer', () => {
  const { spread, done, clock, runtime } = setup(1_000, 1_000)
  spread.run()
  spread.stop()
  const before = done.length
  clock.advance(5_000)
  expect([done.length, runtime.wheel.size]).toEqual([before, 0])
  expect(before).toBeLessThan(1_000)
})

test('however long it is, it costs no more than its members', () => {
  const { spread, done, clock } = setup(3, 1e12)
  spread.run()
  clock.jump(1e12 + 100)
  expect(done.length).toBe(3)
})
