import { expect, test } from 'vitest'
import { isPromise } from '../src/promises.js'

test('a promise is what has a then', () => {
  expect(isPromise(Promise.resolve())).toBe(true)
  expect([undefined, null, 'text', 7, {}, [], () => {}].map(isPromise)).toEqual(Array(7).fill(false))
})
