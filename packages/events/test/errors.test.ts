import { expect, test } from 'vitest'
import { EventError, RequestError, usageError } from '../src/errors.js'

test('an EventError has a message, and perhaps a code and data', () => {
  expect(new EventError('full')).toMatchObject({ name: 'EventError', message: 'full', code: undefined, data: undefined })
  expect(new EventError('full', { code: 'room-full', data: 3 })).toMatchObject({ code: 'room-full', data: 3 })
  expect(new EventError('full')).toBeInstanceOf(Error)
})

test('a RequestError has a code, and perhaps what was answered', () => {
  expect(new RequestError('WS_ERR_REQUEST_REFUSED', 'no', { message: 'no' })).toMatchObject({
    name: 'RequestError', code: 'WS_ERR_REQUEST_REFUSED', message: 'no', answer: { message: 'no' },
  })
})

test('a usage error looks as those of core do', () => {
  expect(usageError('WS_ERR_X', 'change it')).toMatchObject({ name: 'UsageError', code: 'WS_ERR_X', message: 'change it' })
})
