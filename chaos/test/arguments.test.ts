import { expect, test } from 'vitest'
import { missingOf, parseOptions } from '../src/arguments.js'
import { BAD_CLIENTS } from '../src/bad/index.js'
import { SHIPPED } from '../src/server/task.js'

test('without arguments: 1,000 good clients, 10,000 idle ones, deadlines as shipped, every bad client that can be had', () => {
  const { plan, hasScenarios, isSoak, writes } = parseOptions([])
  expect(plan).toMatchObject({ good: 1000, idle: 10_000, deadlines: SHIPPED })
  expect(plan.kinds).toEqual(BAD_CLIENTS.map(({ name }) => name).filter((name) => missingOf(name) === undefined))
  expect([hasScenarios, isSoak, writes]).toEqual([true, false, false])
})

test('numbers replace those of the form that is chosen', () => {
  expect(parseOptions(['--brief', '--good', '7', '--seconds', '2']).plan).toMatchObject({ good: 7, idle: 200, seconds: 2 })
  expect(parseOptions(['--soak', '30']).plan).toMatchObject({ seconds: 1800, restsEvery: 20_000 })
})

test('--only takes a bad client that this machine may not be able to have, too', () => {
  expect(parseOptions(['--only', 'frozen,unplugged']).plan.kinds).toEqual(['frozen', 'unplugged'])
})

test.each([['--good', 'many'], ['--only', 'nobody'], ['--flaw', 'none'], ['--unknown']])('%s %s is refused', (...args) => {
  expect(() => parseOptions(args)).toThrow()
})
