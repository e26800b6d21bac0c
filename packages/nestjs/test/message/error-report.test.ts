import { BadRequestException, HttpException, NotFoundException } from '@nestjs/common'
import { WsException } from '@nestjs/websockets'
import { expect, test } from 'vitest'
import { describeError, reportOf } from '../../src/message/error-report.js'
import { BadMessage } from '../../src/message/message-format.js'

test.each([
  [new WsException('no'), { message: 'no', statusCode: undefined, details: undefined }, { status: 'error', message: 'no' }],
  [new WsException({ code: 7, message: 'no' }), { message: 'no', statusCode: undefined }, { code: 7, message: 'no' }],
  [new HttpException('no', 418), { message: 'no', statusCode: 418 }, { status: 'error', statusCode: 418, message: 'no' }],
  [new NotFoundException(), { message: 'Not Found', statusCode: 404 }, { status: 'error', statusCode: 404, message: 'Not Found' }],
  [new BadRequestException(['a', 'b']), { message: 'a; b', statusCode: 400 },
    { status: 'error', statusCode: 400, message: ['a', 'b'], error: 'Bad Request' }],
  [new BadMessage('bad'), { message: 'bad' }, { status: 'error', message: 'bad' }],
])('%s', (exception, report, data) => {
  expect(reportOf(exception)).toMatchObject(report)
  expect(describeError(reportOf(exception)!)).toEqual({ event: 'exception', data })
})

const bugs = [new Error('the password is hunter2'), 'hunter2', undefined, { message: 'hunter2' }]

test.each(bugs)('%s is a bug: it says nothing to clients', (exception) => {
  expect(reportOf(exception)).toBeUndefined()
})
