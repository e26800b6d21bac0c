import { expect, test, vi } from 'vitest'
import { Deadline, elapsed } from '../../src/dispatcher/deadline.js'
import { delay, scheduler } from './helpers.js'

test('a deadline runs once, can be started again from now on, and leaves nothing when it is cancelled', async () => {
  const runtime = scheduler()
  const action = vi.fn()
  const deadline = new Deadline(runtime, action)
  deadline.start(10)
  deadline.start(250)
  expect(runtime.wheel.size).toBe(1)
  await delay(180)
  expect(action).not.toHaveBeenCalled()
  deadline.cancel()
  deadline.cancel()
  expect(runtime.wheel.size).toBe(0)
  deadline.start(10)
  await delay(250)
  expect(action).toHaveBeenCalledTimes(1)
  expect(runtime.wheel.size).toBe(0)
})

test('elapsed() resolves after its time, and leaves nothing', async () => {
  const runtime = scheduler()
  const startedAt = performance.now()
  await elapsed(runtime, 50)
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(49)
  expect(runtime.wheel.size).toBe(0)
})
