import { expect, it } from 'vitest'
import { minding } from '../../src/dial/refusal-policy.js'
import { broken } from '../../src/shared/life.js'
import { type Outcome, type ReconnectOptions, nextDelay } from '../../src/shared/reconnect-policy.js'

const isFinal = (option: boolean | number | ReconnectOptions, { code = 1006, ...refusal }: Partial<Outcome>): boolean =>
  nextDelay({ reconnect: minding(option) }, { ...broken(refusal as unknown as Error, 'peer'), code }, 0) === Infinity

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
  const delays = [0, 5].map((failures) => nextDelay({ reconnect: minding(250) }, broken(undefined, 'peer'), failures))
  expect([minding(false), delays]).toEqual([false, [250, 250]])
})
