import fc from './support/fast-check.js'
import { expect, test } from 'vitest'
import { receivedErrorData } from '../src/received-error.js'

test('takes what has the right shape', () => {
  const data = { message: 'no', code: 'mine', data: [1], issues: [{ path: ['a', 0], message: 'x' }] }
  expect(receivedErrorData({ ...data, more: 1 })).toEqual(data)
})

test('leaves out what has not', () => {
  const issues = [null, 1, { path: 'a', message: 'x' }, { path: [{}], message: 'x' }, { path: [] }]
  expect(receivedErrorData({ message: 7, code: {}, issues })).toEqual({ message: 'the peer answered with an error', issues: [] })
})

test('never throws, and always has a message', () => {
  fc.assert(fc.property(fc.anything(), (value) => typeof receivedErrorData(value).message === 'string'))
})
