// Memory that many share.
import { expect, test } from 'vitest'
import { MemoryBudget } from '../../src/connection/memory-budget.js'

test('what is taken is never more than the limit; a refusal takes nothing', () => {
  const budget = new MemoryBudget(100)
  expect([budget.take(60), budget.take(41), budget.used, budget.take(40), budget.take(1), budget.used]).toEqual([true, false, 60, true, false, 100])
  budget.giveBack(50)
  expect([budget.used, budget.take(50), budget.take(-10), budget.used]).toEqual([50, true, true, 90])
})

test('without a limit it counts all the same', () => {
  const budget = new MemoryBudget(Infinity)
  expect([budget.take(2 ** 40), budget.used]).toEqual([true, 2 ** 40])
})

test.each([0, -1, Number.NaN, '5', null])('a limit of %j is refused', (limit) => {
  expect(() => new MemoryBudget(limit as number)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_INVALID_OPTION' }))
})
