import { expect, it } from 'vitest'
import { parseRetryAfter } from '../../src/handshake/retry-after.js'

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0)

it.each([
  ['120', 120_000],
  ['0', 0],
  ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
  ['Friday, 20-Nov-26 12:00:30 GMT', 30_000],
  ['Fri Nov 20 12:00:30 2026 GMT', 30_000],
  ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
  ['-1', undefined],
  ['1.5', undefined],
  ['soon', undefined],
  ['2026-11-20', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After: %s is %s ms', (value, delay) => {
  expect(parseRetryAfter(value, NOW)).toBe(delay)
})
