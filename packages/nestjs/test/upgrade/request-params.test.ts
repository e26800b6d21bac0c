// What the parameter decorators of handleUpgrade ask for.
import 'reflect-metadata'
import { RouteParamtypes } from '@nestjs/common/internal'
import { expect, test } from 'vitest'
import { requestParams } from '../../src/upgrade/request-params.js'

const request = {
  query: { q: '1' }, params: { room: 'a' }, headers: { 'x-own': 'yes' }, session: { user: 7 }, hosts: { tenant: 't' }, ip: '::1',
  body: { secret: 1 },
}
const response = {}
const ask = (type: RouteParamtypes, data?: unknown, from: object = request): unknown => {
  return requestParams.exchangeKeyForValue(type, data, [from as typeof request, response])
}

test.each<[keyof typeof RouteParamtypes, unknown, unknown]>([
  ['REQUEST', undefined, request],
  ['RESPONSE', undefined, response],
  ['QUERY', undefined, request.query],
  ['QUERY', 'q', '1'],
  ['PARAM', 'room', 'a'],
  ['HEADERS', 'X-Own', 'yes'],
  ['HOST', 'tenant', 't'],
  ['SESSION', undefined, request.session],
  ['IP', undefined, '::1'],
  ['QUERY', 'missing', undefined],
  // An upgrade has none
  ['BODY', undefined, undefined],
  ['NEXT', undefined, undefined],
])('%s %s', (type, data, expected) => {
  expect(ask(RouteParamtypes[type], data)).toBe(expected)
})

test('what the platform does not have is undefined', () => {
  expect(ask(RouteParamtypes.HOST, 'tenant', { headers: {} })).toBeUndefined()
})
