import * as v from 'valibot'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type Schema, type SchemaInput, type SchemaOutput, typed } from '../src/schema.js'

test('typed() lets everything through', async () => {
  const value = { any: ['thing'] }
  expect(await typed()['~standard'].validate(value)).toEqual({ value })
})

test('the schemas of zod and valibot are schemas, with input and output', () => {
  const length = z.object({ text: z.string().transform((text) => text.length) })
  const count = v.object({ count: v.pipe(v.string(), v.transform(Number)) })
  expectTypeOf(length).toExtend<Schema>()
  expectTypeOf(count).toExtend<Schema>()
  expectTypeOf<SchemaInput<typeof length>>().toEqualTypeOf<{ text: string }>()
  expectTypeOf<SchemaOutput<typeof length>>().toEqualTypeOf<{ text: number }>()
  expectTypeOf<SchemaInput<typeof count>>().toEqualTypeOf<{ count: string }>()
  expectTypeOf<SchemaOutput<typeof count>>().toEqualTypeOf<{ count: number }>()
  expectTypeOf<SchemaOutput<Schema<'a' | 'b'>>>().toEqualTypeOf<'a' | 'b'>()
})
