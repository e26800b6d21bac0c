import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { describeError } from '../../src/dispatcher/describe-error.js'

test('an error with its stack, a value as it is, and something even for what refuses to be shown', () => {
  expect(describeError(new Error('mine'))).toMatch(/^Error: mine\n +at /)
  expect(describeError('mine')).toBe("'mine'")
  const hostile = { [inspect.custom]() { throw new Error('no') }, toString() { throw new Error('no') } }
  expect(describeError(hostile)).toBe('something that cannot be described')
})
