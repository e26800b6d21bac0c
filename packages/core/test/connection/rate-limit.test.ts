// The option `rateLimit`.
import { expect, test } from 'vitest'
import { resolveRateLimit } from '../../src/connection/rate-limit.js'

test('defaults', () => {
  expect(resolveRateLimit(undefined)).toBe(undefined)
  expect(resolveRateLimit({ messages: 5 })).toEqual({ messages: 5, bytes: undefined, burst: 1_000, policy: 'pause' })
  expect(resolveRateLimit({ bytes: 0.5, burst: 100, policy: 'close' })).toEqual({ messages: undefined, bytes: 0.5, burst: 100, policy: 'close' })
})

test.each<[unknown, string]>([
  [{}, 'rateLimit'], [null, 'rateLimit'], [5, 'rateLimit'], [true, 'rateLimit'], [{ policy: 'close' }, 'rateLimit'],
  [{ messages: 0 }, 'rateLimit.messages'], [{ messages: Infinity }, 'rateLimit.messages'], [{ messages: '5' }, 'rateLimit.messages'],
  [{ bytes: -1 }, 'rateLimit.bytes'], [{ bytes: Number.NaN }, 'rateLimit.bytes'], [{ bytes: 1, burst: 99 }, 'rateLimit.burst'], [{ bytes: 1, burst: '1s' }, 'rateLimit.burst'],
  [{ bytes: 1, policy: 'drop' }, 'rateLimit.policy'],
])('%j is refused', (option, name) => {
  const message = expect.stringContaining(`the option ${name} must be`) as string
  expect(() => resolveRateLimit(option as never)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_INVALID_OPTION', message }))
})
