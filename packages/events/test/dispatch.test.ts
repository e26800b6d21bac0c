import fc from './support/fast-check.js'
import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { type Origin, dispatch } from '../src/dispatch.js'
import { serializeError } from '../src/envelope.js'
import { EventError } from '../src/errors.js'
import { type Handler, HandlerTable } from '../src/handler-table.js'
import { type Schema, typed } from '../src/schema.js'

interface Stage extends Origin {
  readonly sent: unknown[]
  readonly failures: unknown[]
}

function stage(): Stage {
  const sent: unknown[] = []
  const failures: unknown[] = []
  return {
    sent, failures,
    call: (handler, data) => (handler as (data: unknown) => unknown)(data),
    reply: (text) => sent.push(JSON.parse(text)),
    refuse: (error, id) => sent.push(JSON.parse(serializeError(error, id))),
    onFailure: (error) => failures.push(error),
  }
}

function tableOf(schema: Schema, ...handlers: Handler[]): HandlerTable {
  const table = new HandlerTable({ say: schema, error: schema })
  for (const handler of handlers) {
    table.add('say', handler)
    table.add('error', handler)
  }
  return table
}

const later = <Value>(value: Value): Promise<Value> => new Promise((resolve) => setTimeout(resolve, 5, value))

describe('dispatch', () => {
  test('costs no promise where nothing is asynchronous', () => {
    const origin = stage()
    const handler = vi.fn<(data: string) => string>(() => 'hi yourself')
    expect(dispatch(tableOf(z.string(), handler as Handler), { event: 'say', data: 'hi', id: 1 }, origin)).toBeUndefined()
    expect(handler).toHaveBeenCalledWith('hi')
    expect(origin.sent).toEqual([{ event: 'reply', data: 'hi yourself', id: 1 }])
  })

  test.each([
    ['zod', z.string().refine((text) => later(text !== 'bad'), 'is bad')],
    ['valibot', v.pipeAsync(v.string(), v.checkAsync((text) => later(text !== 'bad'), 'is bad'))],
  ])('awaits an asynchronous schema: %s', async (_library, schema) => {
    const origin = stage()
    const table = tableOf(schema, () => 'good')
    await dispatch(table, { event: 'say', data: 'hi', id: 1 }, origin)
    await dispatch(table, { event: 'say', data: 'bad', id: 2 }, origin)
    const error = { message: 'is bad', code: 'invalid-data', issues: [{ path: [], message: 'is bad' }] }
    expect(origin.sent).toEqual([{ event: 'reply', data: 'good', id: 1 }, { event: 'error', data: error, id: 2 }])
  })

  test('hands the output of the schema over', () => {
    const origin = stage()
    const length = z.string().transform((text) => text.length)
    void dispatch(tableOf(length, (value: number) => value + 1), { event: 'say', data: 'abc', id: 1 }, origin)
    expect(origin.sent).toEqual([{ event: 'reply', data: 4, id: 1 }])
  })

  test('runs several handlers in order, one after the other; the first value is the reply', async () => {
    const steps: string[] = []
    const step = (name: string, value: unknown) => async () => {
      steps.push(`${name} begins`)
      await later(undefined)
      steps.push(`${name} ends`)
      return value
    }
    const origin = stage()
    const table = tableOf(typed(), step('a', undefined), step('b', null), () => void steps.push('c'), () => 7)
    await dispatch(table, { event: 'say', id: 1 }, origin)
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c'])
    expect(origin.sent).toEqual([{ event: 'reply', data: null, id: 1 }])
  })

  test('answers an event that nobody knows or handles', () => {
    const origin = stage()
    const table = new HandlerTable({ say: typed() })
    for (const event of ['say', 'shout', '__proto__', 'constructor', '']) void dispatch(table, { event, id: 1 }, origin)
    expect(origin.sent).toEqual(Array(5).fill({ event: 'error', data: { message: 'unknown event', code: 'unknown-event' }, id: 1 }))
  })

  test('answers what a handler throws for the sender', async () => {
    const origin = stage()
    const error = new EventError('full', { code: 'room-full', data: { size: 3 } })
    void dispatch(tableOf(typed(), () => { throw error }), { event: 'say', id: 1 }, origin)
    await dispatch(tableOf(typed(), () => Promise.reject(error)), { event: 'say' }, origin)
    const data = { message: 'full', code: 'room-full', data: { size: 3 } }
    expect(origin.sent).toEqual([{ event: 'error', data, id: 1 }, { event: 'error', data }])
    expect(origin.failures).toEqual([])
  })

  test('says no more than "internal error" of anything else', async () => {
    const origin = stage()
    const secret = new Error('secret')
    void dispatch(tableOf(typed(), () => { throw secret }), { event: 'say', id: 1 }, origin)
    await dispatch(tableOf(typed(), () => Promise.reject(secret)), { event: 'say' }, origin)
    const answered = { event: 'error', data: { message: 'internal error', code: 'internal-error' }, id: 1 }
    expect(origin.sent).toEqual([answered, { event: 'error', data: { message: 'internal error' } }])
    expect(origin.failures).toEqual([secret, secret])
  })

  test('a schema that throws, and a reply or an error that is no JSON, are internal errors', async () => {
    const throwing: Schema = { '~standard': { version: 1, vendor: 'test', validate: () => { throw new Error('schema') } } }
    const cycle: unknown[] = []
    cycle.push(cycle)
    const handlers = [() => 1n, () => later(cycle), () => { throw new EventError('x', { data: 1n }) }]
    const origin = stage()
    for (const table of [tableOf(throwing, () => 1), ...handlers.map((handler) => tableOf(typed(), handler))]) {
      await dispatch(table, { event: 'say', id: 1 }, origin)
    }
    expect(origin.sent).toEqual(Array(4).fill({ event: 'error', data: { message: 'internal error', code: 'internal-error' }, id: 1 }))
    expect(origin.failures).toHaveLength(4)
  })

  test('never answers an error with an error', () => {
    const origin = stage()
    void dispatch(tableOf(z.string()), { event: 'error' }, origin)
    void dispatch(tableOf(z.string(), () => 1), { event: 'error', data: 7 }, origin)
    void dispatch(tableOf(z.string(), () => { throw new EventError('x') }), { event: 'error', data: '' }, origin)
    expect([origin.sent, origin.failures]).toEqual([[], []])
  })

  test('answers every request once, whatever comes', async () => {
    const table = tableOf(z.object({ text: z.string() }), ({ text }: { text: string }) => text)
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.constant('say')), fc.jsonValue(), async (event, data) => {
      const origin = stage()
      await dispatch(table, { event, data, id: 1 }, origin)
      expect(origin.sent).toHaveLength(event === 'error' ? 0 : 1)
      expect(origin.failures).toEqual([])
    }))
  })
})
