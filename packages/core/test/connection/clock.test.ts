// The machine's own clock.
import { expect, test } from 'vitest'
import { systemClock } from '../../src/connection/clock.js'

test('goes forward in milliseconds, and its timers do not keep the process alive', async () => {
  const before = systemClock.now()
  const timer = systemClock.setTimeout(() => {}, 60_000) as NodeJS.Timeout
  expect(timer.hasRef()).toBe(false)
  systemClock.clearTimeout(timer)
  await new Promise((resolve) => { setTimeout(resolve, 5) })
  expect(systemClock.now() - before).toBeGreaterThanOrEqual(4)
  expect(Math.abs(systemClock.timeOrigin! + systemClock.now() - Date.now())).toBeLessThan(5_000)
})
