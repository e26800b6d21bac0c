// Types: what the compiler has to accept, and what to refuse. The type check of this file is the test.
import type { Connection, WebSocketEndpoint } from '@tocsin/core'
import * as v from 'valibot'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { isSchema } from '../src/event-map.js'
import { type Channel, defineEvents, typed } from '../src/index.js'

interface Member { readonly name: string }
type Member$ = Connection<Member>

const incoming = {
  say: z.object({ text: z.string(), at: z.string().transform((text) => text.length) }),
  shout: v.object({ text: v.string() }),
  sum: { data: v.array(v.number()), reply: z.number() },
  leave: z.undefined(),
}
const outgoing = {
  said: typed<{ from: string; text: string }>(),
  bye: z.undefined(),
  nick: v.optional(v.string()),
  confirm: { data: z.object({ question: z.string() }), reply: v.pipe(v.string(), v.transform(Number)) },
}

/** Checked, never run. */
function compiled(_check: () => void): void {
  expect(true).toBe(true)
}

declare const endpoint: WebSocketEndpoint<Member>
declare const channel: Channel
declare const connection: Member$

describe('a handler', () => {
  test('is given the output of the schema', () => compiled(() => {
    const events = defineEvents(endpoint, incoming)
    events.on('say', (from, data) => {
      expectTypeOf(from).toEqualTypeOf<Member$>()
      expectTypeOf(data).toEqualTypeOf<{ text: string; at: number }>()
    })
    events.on('shout', (_from, data) => expectTypeOf(data).toEqualTypeOf<{ text: string }>())
    events.on('leave', (_from, data) => expectTypeOf(data).toEqualTypeOf<undefined>())
    // @ts-expect-error no such event
    events.on('whisper', () => {})
    // @ts-expect-error the data have no such field
    events.on('shout', (_from, { loud }) => loud)
  }))

  test('returns the reply, where there is one', () => compiled(() => {
    const events = defineEvents(endpoint, incoming)
    events.on('say', () => 'anything')
    events.on('sum', (_from, numbers) => numbers.length)
    events.on('sum', async (_from, numbers) => numbers.length)
    // @ts-expect-error a forgotten reply
    events.on('sum', () => {})
    // @ts-expect-error a wrong one
    events.on('sum', async () => 'six')
  }))
})

describe('sending', () => {
  test('is typed by outgoing', () => compiled(() => {
    const events = defineEvents(endpoint, incoming, { outgoing })
    expectTypeOf(events.send(connection, 'said', { from: 'ada', text: 'hi' })).toEqualTypeOf<boolean>()
    events.send(connection, 'bye')
    events.send(connection, 'nick')
    events.send(connection, 'nick', 'ada')
    expectTypeOf(events.broadcast('bye', undefined, { except: connection })).toEqualTypeOf<number>()
    events.publish('blue', 'said', { from: 'ada', text: 'hi' }, { filter: ({ data }) => data.name !== 'ada' })
    // @ts-expect-error data missing
    events.publish('blue', 'said')
    // @ts-expect-error data wrong
    events.publish('blue', 'said', { from: 'ada', text: 7 })
    // @ts-expect-error no such event
    events.broadcast('says', 'hi')
    // @ts-expect-error no connection of this endpoint
    events.send({ id: '1' }, 'bye')
  }))

  test('is free without it', () => compiled(() => {
    const events = defineEvents(endpoint, incoming)
    events.send(connection, 'anything')
    events.publish('blue', 'anything', { x: 1 }, { except: [connection] })
    expectTypeOf(events.request(connection, 'anything', 7)).toEqualTypeOf<Promise<unknown>>()
  }))

  test('a request gives the output of the reply', () => compiled(() => {
    const events = defineEvents(endpoint, incoming, { outgoing })
    expectTypeOf(events.request(connection, 'confirm', { question: '?' }, { timeout: 5 })).toEqualTypeOf<Promise<number>>()
    expectTypeOf(events.request(connection, 'bye')).toEqualTypeOf<Promise<unknown>>()
  }))
})

test('a channel has the same map the other way round', () => compiled(() => {
  const events = defineEvents(channel, outgoing, { outgoing: incoming })
  events.on('said', (data) => expectTypeOf(data).toEqualTypeOf<{ from: string; text: string }>())
  events.on('confirm', () => '7')
  // @ts-expect-error the reply is what its schema takes, not what it makes of it
  events.on('confirm', () => 7)
  expectTypeOf(events.send('leave')).toEqualTypeOf<boolean>()
  expectTypeOf(events.request('sum', [1, 2], { signal: new AbortController().signal })).toEqualTypeOf<Promise<number>>()
  // @ts-expect-error data wrong
  void events.request('sum', ['1'])
}))

test('an entry is a schema, or data and reply', () => {
  const values = [outgoing.said, Object.assign(() => {}, outgoing.said), outgoing.confirm, null, undefined, 'text', { '~standard': 1 }]
  expect(values.map(isSchema)).toEqual([true, true, false, false, false, false, false])
})
