// A token bucket: never more than its capacity and its rate allow, and never less.
import { expect, test } from 'vitest'
import { TokenBucket } from '../../src/connection/token-bucket.js'
import fc from '../support/fast-check.js'

test('begins full, fills at its rate, holds no more than its capacity', () => {
  const bucket = new TokenBucket(10, 5, 1_000)
  expect([bucket.spend(4, 1_000), bucket.spend(1, 1_000), bucket.spend(2, 1_100)]).toEqual([1, 0, -1])
  expect(bucket.spend(0, 99_000)).toBe(5)
})

test('says how long to wait', () => {
  const bucket = new TokenBucket(10, 5, 0)
  expect(bucket.waitFor(5, 0)).toBe(0)
  bucket.spend(8, 0)
  expect([bucket.waitFor(0, 0), bucket.waitFor(1, 0), bucket.waitFor(1, 300), bucket.waitFor(1, 400)]).toEqual([300, 400, 100, 0])
})

const run = fc.record({
  rate: fc.integer({ min: 1, max: 10_000 }),
  capacity: fc.integer({ min: 1, max: 1_000 }),
  gaps: fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 100 }),
})

test('whoever spends one only when there is one never gets more than capacity + rate x time, in any stretch of time', () => {
  fc.assert(fc.property(run, ({ rate, capacity, gaps }) => {
    const bucket = new TokenBucket(rate, capacity, 0)
    const spent: number[] = []
    let now = 0
    for (const gap of gaps) {
      now += gap
      if (bucket.waitFor(1, now) === 0) { bucket.spend(1, now); spent.push(now) }
    }
    const allowed = (from: number, to: number): number => capacity + ((to - from) * rate) / 1_000 + 1e-6
    const excess = spent.flatMap((from, first) => spent.slice(first).filter((to, count) => count + 1 > allowed(from, to)))
    expect(excess).toEqual([])
  }), { numRuns: 50 })
})

test('after the time that it says there is enough, whatever was spent', () => {
  fc.assert(fc.property(run, fc.integer({ min: 0, max: 100_000 }), ({ rate, capacity }, cost) => {
    const bucket = new TokenBucket(rate, capacity, 0)
    bucket.spend(cost, 0)
    const wait = bucket.waitFor(1, 0)
    expect(bucket.spend(0, wait)).toBeGreaterThan(1 - 1e-6)
    if (wait > 1) expect(new TokenBucket(rate, capacity, 0).waitFor(1, 0)).toBe(0)
  }))
})
