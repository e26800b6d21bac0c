import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { broken } from '../../src/wire/wire-life.js'
import { type Outcome, type ReconnectOptions, nextDelay } from '../../src/shared/reconnect-policy.js'

const delay = (reconnect: boolean | number | ReconnectOptions, attempt: number, { code = 1006, error = undefined as object | undefined, random = 0.5 } = {}): number =>
  nextDelay({ reconnect, random: () => random }, { ...broken(error as Error, 'peer'), code }, attempt)

describe('nextDelay', () => {
  it('off: never', () => expect(delay(false, 0)).toBe(Infinity))

  it('a number: always the same, 0 included', () => {
    for (const attempt of [0, 1, 50]) expect([delay(1_000, attempt, { random: 0.9 }), delay(0, attempt)]).toEqual([1_000, 0])
  })

  it('exponential up to the cap, with full jitter', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 2_000].map((attempt) => delay(true, attempt))).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    expect(delay(true, 3, { random: 0 })).toBe(0)
    expect([0, 1, 9].map((attempt) => delay({ initialDelay: 10, maxDelay: 30, jitter: false }, attempt))).toEqual([10, 20, 30])
  })

  it('without a word, the same as true', () => {
    expect(nextDelay({ random: () => 0.5 }, broken(undefined, 'peer'), 1)).toBe(1_000)
  })

  it('gives up after maxAttempts', () => {
    expect([0, 1, 2].map((attempt) => delay({ maxAttempts: 2 }, attempt) < Infinity)).toEqual([true, true, false])
  })

  it('1012: a random time of 5 to 30 s, as registered, within maxDelay', () => {
    expect([0, 0.5, 1].map((random) => delay(true, 0, { code: 1012, random }))).toEqual([5_000, 17_500, 30_000])
    expect([0, 1].map((random) => delay({ maxDelay: 10_000 }, 0, { code: 1012, random }))).toEqual([5_000, 10_000])
    expect(delay({ maxDelay: 2_000 }, 0, { code: 1012 })).toBe(2_000)
    expect(delay(250, 0, { code: 1012 })).toBe(250)
  })

  it('1013: the longest delay at once, and half of it at least', () => {
    expect([0, 1].map((random) => delay(true, 0, { code: 1013, random }))).toEqual([15_000, 30_000])
  })

  it('what the caller got wrong is wrong the next time', () => {
    expect(delay({ final: [] }, 0, { error: { name: 'UsageError' } })).toBe(Infinity)
  })

  describe('final', () => {
    it.each([[1000, true], [1001, false], [1006, false], [1008, false], [1011, false], [1012, false], [4401, false]])('by default, close code %i: %s', (code, isFinal) => {
      expect([delay(true, 0, { code }) === Infinity, delay(1_000, 0, { code }) === Infinity]).toEqual([isFinal, isFinal])
    })

    it('a list takes the place of that', () => {
      expect([1008, 4401, 1000, 4400].map((code) => delay({ final: [1008, 4401] }, 0, { code }) === Infinity)).toEqual([true, true, false, false])
    })

    it('a function decides', () => {
      const final = ({ code }: Outcome): boolean => code >= 4000
      expect([delay({ final }, 0, { code: 4000 }), delay({ final }, 0, { code: 1000 })]).toEqual([Infinity, 500])
    })
  })

  it('is always between 0 and the cap, whatever happens', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(fc.property(fc.nat(), fc.integer({ min: 1000, max: 4999 }), random, (attempt, code, part) => {
      const ms = delay({ final: [] }, attempt, { code, random: part })
      expect(ms >= 0 && ms <= 30_000).toBe(true)
    }))
  })
})
