import fc from 'fast-check'
import { expect, it } from 'vitest'
import { delayAfter } from '../../src/dial/refusal-policy.js'
import type { Outcome, ReconnectOptions } from '../../src/shared/reconnect-policy.js'
import { broken } from '../../src/wire/wire-life.js'

const isFinal = (option: boolean | number | ReconnectOptions, { code = 1006, ...refusal }: Partial<Outcome>): boolean =>
  delayAfter({ reconnect: option }, { ...broken(refusal as unknown as Error, 'peer'), code }, 0) === Infinity

it.each([[200, true], [301, true], [400, true], [401, true], [404, true], [408, false], [425, false], [429, false], [500, false], [503, false]])('by default, status %i: %s', (status, final) => {
  for (const option of [true, 1_000, {}]) expect(isFinal(option, { status })).toBe(final)
})

it('a list of codes and statuses takes the place of that', () => {
  const option = { final: [1008, 4401, 403] }
  expect([{ code: 1008 }, { code: 4401 }, { status: 403 }].every((outcome) => isFinal(option, outcome))).toBe(true)
  expect([{ code: 1000 }, { code: 4400 }, { status: 401 }].some((outcome) => isFinal(option, outcome))).toBe(false)
})

it('a function gets the status, and what Retry-After asked for', () => {
  const seen: Outcome[] = []
  isFinal({ final: (outcome) => seen.push(outcome) > 1 }, { status: 503, retryAfter: 7 })
  expect(seen).toMatchObject([{ code: 1006, status: 503, retryAfter: 7 }])
})

it('off stays off; a number is always the same delay', () => {
  const delays = [0, 5].map((failures) => delayAfter({ reconnect: 250 }, broken(undefined, 'peer'), failures))
  expect([isFinal(false, {}), delays]).toEqual([true, [250, 250]])
})

const refused = (retryAfter: number | undefined, reconnect: true | number | ReconnectOptions = true, random = 0.5): number =>
  delayAfter({ reconnect, random: () => random }, broken({ status: 503, retryAfter } as unknown as Error, 'peer'), 0)

it('Retry-After: the delay comes on top, so that not all come at once; and not later than its limit', () => {
  expect([0, 0.5].map((random) => refused(60_000, true, random))).toEqual([60_000, 60_500])
  expect(refused(60_000, { maxRetryAfter: 5_000, jitter: false })).toBe(6_000)
  expect([refused(60_000, 1_000), refused(undefined)]).toEqual([61_000, 500])
})

it('is between 0 and the cap with the longest Retry-After on top, whatever a server says', () => {
  fc.assert(fc.property(fc.double({ min: 0, noNaN: true }), (after) => {
    const ms = refused(after)
    expect(ms >= 0 && ms <= 30_000 + 3_600_000).toBe(true)
  }))
})
