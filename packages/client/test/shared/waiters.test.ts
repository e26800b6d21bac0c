import { expect, it, vi } from 'vitest'
import { createWaiters } from '../../src/shared/waiters.js'

it('asks at each change, between what goes out and what is delivered, until there is an answer; and then no more', async () => {
  const order: string[] = []
  const { until, update } = createWaiters({ flush: () => { order.push('flush') }, deliver: () => { order.push('deliver') } })
  let answer = ''
  const ask = vi.fn<() => string | false>(() => {
    order.push('ask')
    return answer !== '' && answer
  })
  const promise = until(ask)
  expect(order).toEqual(['flush', 'ask', 'deliver'])
  answer = 'open'
  update()
  update()
  expect([await promise, ask.mock.calls.length]).toEqual(['open', 2])
})

it('an answer that is a promise may reject', async () => {
  const { until } = createWaiters({ flush: () => undefined, deliver: () => undefined })
  await expect(until(() => Promise.reject(new Error('closed')))).rejects.toThrow('closed')
})
