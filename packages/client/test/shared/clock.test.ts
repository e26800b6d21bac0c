import { afterEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/shared/clock.js'

afterEach(() => { vi.useRealTimers() })

it('a delay beyond what timers can do waits as long as they can, and does not fire at once', () => {
  vi.useFakeTimers()
  const callback = vi.fn<() => void>()
  systemClock.setTimeout(callback, Infinity)
  vi.advanceTimersByTime(0x7fff_fffe)
  expect(callback).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(callback).toHaveBeenCalledOnce()
})

it('goes forward, and forgets what was cleared', () => {
  vi.useFakeTimers()
  const callback = vi.fn<() => void>()
  const before = systemClock.now()
  systemClock.clearTimeout(systemClock.setTimeout(callback, 10))
  vi.advanceTimersByTime(20)
  expect([systemClock.now() - before, callback.mock.calls.length]).toEqual([20, 0])
})
