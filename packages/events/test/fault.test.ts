import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { EventError } from '../src/errors.js'
import { Fault, errorDataOf, invalidData } from '../src/fault.js'
import type { Schema } from '../src/schema.js'

async function faultOf(schema: Schema, data: unknown): Promise<Fault> {
  const { issues } = await schema['~standard'].validate(data)
  return invalidData(issues ?? [], data)
}

describe('data that do not fit', () => {
  test.each([
    ['zod', z.object({ user: z.object({ age: z.number() }) })],
    ['valibot', v.object({ user: v.object({ age: v.number() }) })],
  ])('are told where: %s', async (_library, schema) => {
    const { message, issues } = await faultOf(schema, { user: { age: 'old' } })
    expect(issues).toEqual([{ path: ['user', 'age'], message: expect.stringMatching(/number/) }])
    expect(message).toMatch(/^user\.age: .*number/)
  })

  test('keep to themselves', async () => {
    const schema = v.object({ email: v.pipe(v.string(), v.email()), kind: v.picklist(['a', 'b']), name: v.string() })
    const fault = await faultOf(schema, { email: 'secret-1', kind: 'secret-2', name: 3 })
    expect(JSON.stringify(errorDataOf(fault, true))).not.toMatch(/secret/)
    expect(fault.issues?.map(({ message }) => message)).toEqual([
      'Invalid email: Received "…"', 'Invalid type: Expected ("a" | "b") but received "…"',
      'Invalid type: Expected string but received 3',
    ])
  })

  test('as a whole have no path', async () => {
    expect(await faultOf(v.number('must be a number'), 'secret')).toMatchObject({ message: 'must be a number', issues: [{ path: [] }] })
    expect((await faultOf(v.number(), 'secret')).message).toBe('Invalid type: Expected number but received "…"')
  })

  test('get a short answer, however much is wrong', () => {
    const path = Array.from({ length: 1000 }, () => ({ key: 'k'.repeat(1000) }))
    const issues = Array.from({ length: 1000 }, () => ({ message: 'm'.repeat(1000), path }))
    const data = errorDataOf(invalidData(issues, null), true)
    expect(data.issues).toHaveLength(10)
    expect(JSON.stringify(data).length).toBeLessThan(20_000)
  })

  test('may be at an odd place', () => {
    const issue = { message: 'odd', path: [Symbol('odd'), '__proto__', 0] }
    expect(invalidData([issue], { a: 1 }).issues).toEqual([{ path: ['Symbol(odd)', '__proto__', 0], message: 'odd' }])
    expect(invalidData([], undefined).message).toBe('invalid data')
  })
})

describe('what the sender is told', () => {
  test('of our faults: the message; with an id, all', () => {
    const fault = new Fault('invalid-data', 'no', { issues: [{ path: [], message: 'no' }] })
    expect(errorDataOf(fault, false)).toEqual({ message: 'no' })
    expect(errorDataOf(fault, true)).toEqual({ message: 'no', code: 'invalid-data', issues: [{ path: [], message: 'no' }] })
  })

  test('of an EventError: what its handler said', () => {
    const error = new EventError('no', { code: 'mine', data: [1] })
    expect(errorDataOf(error, false)).toEqual({ message: 'no', code: 'mine', data: [1] })
  })
})
