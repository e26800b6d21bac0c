import { expect, it } from 'vitest'
import { retryDelay } from '../../public/script/backoff.js'

it('doubles up to half a minute', () => {
  expect([0, 1, 2, 3, 10, 2000].map((attempt) => retryDelay(attempt, () => 1))).toEqual([500, 1000, 2000, 4000, 30_000, 30_000])
})

it('spreads over the whole time, but never to nothing', () => {
  expect([0, 0.5].map((random) => retryDelay(4, () => random))).toEqual([200, 4000])
})
