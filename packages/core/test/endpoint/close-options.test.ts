// How something is to end: the defaults, and what cannot be sent.
import { expect, test } from 'vitest'
import { type CloseOptions, resolveCloseOptions } from '../../src/endpoint/close-options.js'
import { UsageError } from '../../src/protocol/errors.js'

test('1001 within ten seconds, unless said otherwise', () => {
  expect(resolveCloseOptions({})).toEqual({ code: 1001, reason: '', deadline: 10_000, spread: undefined, readinessDelay: 0 })
  const own = { code: 4000, reason: 'é'.repeat(61), deadline: Infinity, spread: 60_000, readinessDelay: 5_000 }
  expect(resolveCloseOptions(own)).toEqual(own)
  expect(resolveCloseOptions({ deadline: 0.5 }).deadline).toBe(0.5)
})

test.each<[CloseOptions, string]>([
  [{ code: 1005 }, 'WS_ERR_CLOSE_CODE'],
  [{ code: 1006 }, 'WS_ERR_CLOSE_CODE'],
  [{ code: 5000 }, 'WS_ERR_CLOSE_CODE'],
  [{ reason: 'é'.repeat(62) }, 'WS_ERR_CLOSE_REASON'],
  [{ reason: 7 as unknown as string }, 'WS_ERR_CLOSE_REASON'],
  [{ deadline: 0 }, 'WS_ERR_INVALID_OPTION'],
  [{ deadline: -1 }, 'WS_ERR_INVALID_OPTION'],
  [{ deadline: NaN }, 'WS_ERR_INVALID_OPTION'],
  [{ deadline: '10' as unknown as number }, 'WS_ERR_INVALID_OPTION'],
  [{ spread: -1 }, 'WS_ERR_INVALID_OPTION'],
  [{ spread: Infinity, deadline: Infinity }, 'WS_ERR_INVALID_OPTION'],
  [{ spread: 5_001 }, 'WS_ERR_INVALID_OPTION'],
  [{ spread: 501, deadline: 1_000 }, 'WS_ERR_INVALID_OPTION'],
  [{ readinessDelay: -1 }, 'WS_ERR_INVALID_OPTION'],
  [{ readinessDelay: Infinity }, 'WS_ERR_INVALID_OPTION'],
  [{ readinessDelay: '5' as unknown as number }, 'WS_ERR_INVALID_OPTION'],
])('%j is the caller\'s mistake', (options, code) => {
  const refused = expect.objectContaining({ code }) as Error
  expect(() => resolveCloseOptions(options)).toThrow(refused)
  expect(() => resolveCloseOptions(options)).toThrow(UsageError)
})

test('the last Close leaves half of the deadline for its handshake, and the error says what to do', () => {
  expect(resolveCloseOptions({ spread: 5_000 }).spread).toBe(5_000)
  expect(() => resolveCloseOptions({ spread: 6_000 })).toThrow('at most half of the deadline')
})
