// One message and its answers: how each kind is written, what a failure tells the peer, and that nothing escapes.
import type { ArgumentsHost, Logger } from '@nestjs/common'
import { WsException } from '@nestjs/websockets'
import type { Connection } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { BadMessage, jsonFormat, type MessageFormat } from '@tocsin/nestjs'
import { describeError } from '../../src/message/error-report.js'
import { Exchange, isMessage, type Manner } from '../../src/message/exchange.js'

function setup(id?: string | number, manner: Partial<Manner> = {}) {
  const sent: unknown[] = []
  const closed: unknown[] = []
  const logged: unknown[] = []
  const connection = { send: (message: unknown) => sent.push(message), close: (code: number) => closed.push(code) } as unknown as Connection
  const logger = { error: (error: unknown) => logged.push(error) } as unknown as Logger
  const exchange = new Exchange(connection, { format: jsonFormat, describeError, logger, handleGlobally: () => false, ...manner }, id)
  return { exchange, sent, closed, logged }
}

describe('reply', () => {
  test('a message keeps its event, a value becomes one only where it must carry the id', () => {
    const plain = setup()
    for (const value of [{ event: 'said', data: 1, id: 'own' }, 7, { event: 7 }, '', 0, false, null, undefined]) plain.exchange.reply(value)
    expect(plain.sent).toEqual(['{"event":"said","data":1}', '7', '{"event":7}', '""', '0', 'false'])
    const numbered = setup(0)
    for (const value of [{ event: 'said', data: 1, id: 'own' }, 7, undefined]) numbered.exchange.reply(value)
    expect(numbered.sent).toEqual(['{"event":"said","data":1,"id":0}', '{"event":"reply","data":7,"id":0}'])
  })

  test('a format that writes messages only gets messages only', () => {
    const { serializeValue: _, ...format } = jsonFormat
    const { exchange, sent } = setup(undefined, { format })
    exchange.reply(7)
    expect(sent).toEqual(['{"event":"reply","data":7}'])
  })

  test('what cannot be written is a bug of the handler: logged, and the peer learns nothing of it', () => {
    const { exchange, sent, closed, logged } = setup('a')
    exchange.reply(1n)
    expect(sent).toEqual(['{"event":"exception","data":{"status":"error","message":"Internal server error"},"id":"a"}'])
    expect([closed, logged]).toEqual([[], [expect.any(TypeError)]])
  })
})

describe('failure', () => {
  test('what the application said to the peer is told and not logged', () => {
    const { exchange, sent, logged } = setup(1)
    exchange.fail(new WsException('no'))
    expect([sent, logged]).toEqual([['{"event":"exception","data":{"status":"error","message":"no"},"id":1}'], []])
  })

  test('a global filter is asked only where there is a context for it, and then has the last word', () => {
    const asked: unknown[] = []
    const { exchange, sent } = setup(undefined, { handleGlobally: (exception) => asked.push(exception) > 0 })
    exchange.fail('first', {} as ArgumentsHost)
    expect([asked, sent]).toEqual([['first'], []])
    exchange.fail('second')
    expect([asked, sent.length]).toEqual([['first'], 1])
  })

  test('where even telling fails, the connection is closed', () => {
    const broken: MessageFormat = { ...jsonFormat, serialize: () => { throw new Error('broken format') } }
    const { exchange, sent, closed, logged } = setup(undefined, { format: broken })
    exchange.fail(new WsException('no'))
    expect([sent, closed, logged]).toEqual([[], [1011], [new Error('broken format')]])
  })

  test('a message that could not be read: only a BadMessage says why', () => {
    const { exchange, sent, logged } = setup()
    exchange.refuse(new BadMessage('too deep'))
    exchange.refuse(new Error('hunter2'))
    expect(sent).toEqual([expect.stringContaining('"too deep"'), expect.stringContaining('"bad message"')])
    expect(logged).toEqual([])
  })
})

const values = [[null, false], ['event', false], [{}, false], [{ event: 1 }, false], [{ event: '' }, true]] as const

test.each(values)('%j is a message: %s', (value, expected) => {
  expect(isMessage(value)).toBe(expected)
})
