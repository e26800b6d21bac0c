import fc from './support/fast-check.js'
import { describe, expect, test } from 'vitest'
import { isAnswer, readEnvelope, serializeEnvelope, serializeError, serializeEvent } from '../src/envelope.js'
import { EventError } from '../src/errors.js'
import { Fault } from '../src/fault.js'

describe('readEnvelope', () => {
  test('takes event, data and id, and nothing else', () => {
    expect(readEnvelope('{"event":"say","data":[1],"id":"a","version":2}')).toEqual({ event: 'say', data: [1], id: 'a' })
    expect(readEnvelope('{"event":""}')).toEqual({ event: '' })
  })

  test.each([
    ['', 'JSON'], ['nope', 'JSON'], ['{"event":"a"', 'JSON'], ['null', 'object'], ['7', 'object'], ['"say"', 'object'],
    ['[{"event":"say"}]', 'object'],
    ['{}', 'event'], ['{"event":1}', 'event'], ['{"event":null}', 'event'], ['{"__proto__":{"event":"say"}}', 'event'],
    ['{"event":"a","id":{}}', 'id'], ['{"event":"a","id":null}', 'id'], ['{"event":"a","id":true}', 'id'],
    ['{"event":"a","id":1e999}', 'id'],
    [`{"event":"a","id":"${'x'.repeat(257)}"}`, 'id'],
  ])('refuses %s', (text, word) => {
    const fault = readEnvelope(text)
    expect(fault).toBeInstanceOf(Fault)
    expect(fault).toMatchObject({ code: 'bad-message', message: expect.stringContaining(word) })
  })

  test('keeps the id of a message that has no event', () => {
    expect(readEnvelope('{"id":7}')).toMatchObject({ code: 'bad-message', id: 7 })
  })

  test('reads a million brackets', () => {
    const text = `{"event":"say","data":${'['.repeat(500_000)}${']'.repeat(500_000)}}`
    expect(readEnvelope(text)).toMatchObject({ event: 'say' })
  })

  test('reads back what was written, whatever it is', () => {
    const id = fc.option(fc.oneof(fc.integer(), fc.string({ maxLength: 128, unit: 'binary' })), { nil: undefined })
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), id, (event, data, id) => {
      const text = serializeEnvelope({ event, data, id })
      expect(readEnvelope(text)).toEqual({ event, data: JSON.parse(JSON.stringify(data)) as unknown, id })
    }))
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => void readEnvelope(text)))
  })
})

describe('serializeEvent', () => {
  test('writes event and data in this order, and no data that is undefined', () => {
    expect(serializeEvent('said', { text: 'hi' })).toBe('{"event":"said","data":{"text":"hi"}}')
    expect(serializeEvent('bye', undefined)).toBe('{"event":"bye"}')
  })

  test('leaves replies to handlers', () => {
    expect(() => serializeEvent('reply', 1)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_EVENT_NAME' }))
  })

  test('throws for what JSON cannot hold', () => {
    expect(() => serializeEvent('said', 1n)).toThrow(TypeError)
  })
})

test('an error is written with the id that it answers', () => {
  const error = new EventError('full', { code: 'room-full', data: { room: 1 } })
  expect(serializeError(error, 3)).toBe('{"event":"error","data":{"message":"full","code":"room-full","data":{"room":1}},"id":3}')
  expect(serializeError(new EventError('full'), undefined)).toBe('{"event":"error","data":{"message":"full"}}')
})

test('a reply and an error with an id are answers', () => {
  const answers = [{ event: 'reply', id: 1 }, { event: 'reply' }, { event: 'error', id: 1 }]
  const others = [{ event: 'error' }, { event: 'say', id: 1 }]
  expect([answers.map(isAnswer), others.map(isAnswer)]).toEqual([[true, true, true], [false, false]])
})
