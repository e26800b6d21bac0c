// What may wait for a slow peer: defaults that depend on each other, and values that are refused.
import { expect, test } from 'vitest'
import { resolveSendLimits } from '../../src/connection/send-limits.js'

const MIB = 1_024 * 1_024

test('the defaults', () => {
  expect(resolveSendLimits({})).toMatchObject({ maxBufferedAmount: 16 * MIB, maxBufferedMessages: Infinity, slowConsumer: 'close', highWaterMark: 4 * MIB, lowWaterMark: MIB })
})

test('water marks follow the limit, and each other', () => {
  expect(resolveSendLimits({ maxBufferedAmount: 1_600 })).toMatchObject({ highWaterMark: 400, lowWaterMark: 100 })
  expect(resolveSendLimits({ maxBufferedAmount: 1_600, highWaterMark: 800 })).toMatchObject({ lowWaterMark: 200 })
  expect(resolveSendLimits({ maxBufferedAmount: Infinity })).toMatchObject({ highWaterMark: Infinity, lowWaterMark: 0 })
  expect(resolveSendLimits({ highWaterMark: 1, lowWaterMark: 0 })).toMatchObject({ highWaterMark: 1, lowWaterMark: 0 })
})

test('what was given can be given again, with changes', () => {
  const { given } = resolveSendLimits({ maxBufferedAmount: 1_600, slowConsumer: 'latest' })
  expect(resolveSendLimits({ ...given, maxBufferedAmount: 3_200 })).toMatchObject({ highWaterMark: 800, slowConsumer: 'latest' })
})

test.each<[string, object]>([
  ['maxBufferedAmount', { maxBufferedAmount: 0 }], ['maxBufferedMessages', { maxBufferedMessages: 0 }], ['slowConsumer', { slowConsumer: 'drop' }],
  ['slowConsumer', { slowConsumer: null }], ['highWaterMark', { highWaterMark: 0 }], ['highWaterMark', { maxBufferedAmount: 10, highWaterMark: 11 }],
  ['lowWaterMark', { highWaterMark: 5, lowWaterMark: 5 }], ['lowWaterMark', { lowWaterMark: -1 }],
])('%s out of range is refused: %o', (option, options) => {
  expect(() => resolveSendLimits(options)).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION', message: expect.stringContaining(option) as string }))
})
