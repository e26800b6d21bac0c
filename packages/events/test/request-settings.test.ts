import { expect, test } from 'vitest'
import { resolveRequestSettings } from '../src/request-settings.js'

const clock = { setTimeout: () => 0, clearTimeout: () => {} }

test('has defaults', () => {
  expect(resolveRequestSettings({}, clock)).toEqual({ outgoing: {}, timeout: 10_000, maxPendingRequests: 100, clock })
})

test.each([{ timeout: 0 }, { timeout: NaN }, { timeout: -1 }, { maxPendingRequests: 0 }])('refuses %j', (options) => {
  expect(() => resolveRequestSettings(options, clock)).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION' }))
})
