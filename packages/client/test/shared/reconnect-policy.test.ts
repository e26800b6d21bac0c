import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Outcome, type ReconnectOptions, nextDelay, resolvePolicy } from '../../src/shared/reconnect-policy.js'

const LOST: Outcome = { code: 1006 }
const delay = (option: boolean | number | ReconnectOptions, attempt: number, { outcome = LOST, random = 0.5 } = {}): number | undefined =>
  nextDelay(resolvePolicy(option), { attempt, outcome, random: () => random })

describe('nextDelay', () => {
  it('off: never', () => expect(delay(false, 0)).toBeUndefined())

  it('a number: always the same', () => {
    for (const attempt of [0, 1, 50]) expect(delay(1_000, attempt, { random: 0.9 })).toBe(1_000)
  })

  it('exponential up to the cap, with full jitter', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 2_000].map((attempt) => delay(true, attempt))).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    expect(delay(true, 3, { random: 0 })).toBe(0)
    expect([0, 1, 9].map((attempt) => delay({ initialDelay: 10, maxDelay: 30, jitter: false }, attempt))).toEqual([10, 20, 30])
  })

  it('gives up after maxAttempts', () => {
    expect([0, 1, 2].map((attempt) => delay({ maxAttempts: 2 }, attempt) !== undefined)).toEqual([true, true, false])
  })

  it('1012: a random time of 5 to 30 s, as registered, within maxDelay', () => {
    expect([0, 0.5, 1].map((random) => delay(true, 0, { outcome: { code: 1012 }, random }))).toEqual([5_000, 17_500, 30_000])
    expect(delay({ maxDelay: 2_000 }, 0, { outcome: { code: 1012 } })).toBe(2_000)
    expect(delay(250, 0, { outcome: { code: 1012 } })).toBe(250)
  })

  it('1013: the longest delay at once, and half of it at least', () => {
    expect([0, 1].map((random) => delay(true, 0, { outcome: { code: 1013 }, random }))).toEqual([15_000, 30_000])
  })

  it('Retry-After: not before, spread over the first delay, and not later than its limit', () => {
    const outcome = { code: 1006, status: 503, retryAfter: 60_000 }
    expect([0, 0.5].map((random) => delay(true, 0, { outcome, random }))).toEqual([60_000, 60_500])
    expect(delay({ maxRetryAfter: 5_000, jitter: false }, 0, { outcome })).toBe(5_000)
    expect(delay(1_000, 0, { outcome })).toBe(60_000)
  })

  describe('final', () => {
    it.each([[1000, true], [1001, false], [1006, false], [1008, false], [1011, false], [1012, false], [4401, false]])('by default, close code %i: %s', (code, isFinal) => {
      expect(delay(true, 0, { outcome: { code } }) === undefined).toBe(isFinal)
    })

    it.each([[200, true], [301, true], [400, true], [401, true], [404, true], [408, false], [425, false], [429, false], [500, false], [503, false]])('by default, status %i: %s', (status, isFinal) => {
      expect(delay(true, 0, { outcome: { code: 1006, status } }) === undefined).toBe(isFinal)
    })

    it('a list of codes and statuses takes the place of that', () => {
      const isFinal = (outcome: Outcome): boolean => delay({ final: [1008, 4401, 403] }, 0, { outcome }) === undefined
      expect([{ code: 1008 }, { code: 4401 }, { code: 1006, status: 403 }].every(isFinal)).toBe(true)
      expect([{ code: 1000 }, { code: 4400 }, { code: 1006, status: 401 }].some(isFinal)).toBe(false)
    })

    it('a function decides', () => {
      const final = ({ code }: Outcome): boolean => code >= 4000
      expect(delay({ final }, 0, { outcome: { code: 4000 } })).toBeUndefined()
      expect(delay({ final }, 0, { outcome: { code: 1000 } })).toBe(500)
    })
  })

  it('is always between 0 and the cap, whatever happens', () => {
    const outcome = fc.record({ code: fc.integer({ min: 1000, max: 4999 }), retryAfter: fc.option(fc.double({ min: 0, noNaN: true }), { nil: undefined }) })
    fc.assert(fc.property(fc.nat(), outcome, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, given, random) => {
      const ms = delay({ final: [] }, attempt, { outcome: given, random })!
      expect(ms >= 0 && ms <= (given.retryAfter === undefined ? 30_000 : 3_600_000 + 1_000)).toBe(true)
    }))
  })
})
