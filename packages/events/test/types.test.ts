import { type Connection, WebSocketEndpoint } from '@tocsin/core'
import { expectTypeOf, test } from 'vitest'
import * as v from 'valibot'
import { z } from 'zod'
import { defineEvents, typed } from '../src/index.js'

interface Member { name: string }
declare const connection: Connection<Member>
const endpoint = new WebSocketEndpoint<Member>()

test('x', () => {
  const events = defineEvents(endpoint, {
    say: z.object({ text: z.string(), at: z.string().transform((x) => x.length) }),
    shout: v.object({ text: v.string() }),
    ask: { data: v.object({ q: v.string() }), reply: z.boolean() },
    ping: z.undefined(),
  }, { outgoing: { said: typed<{ from: string }>(), bye: z.undefined(), confirm: { data: z.object({ q: z.string() }), reply: v.pipe(v.string(), v.transform(Number)) } } })
  events.on('say', (c, data) => { expectTypeOf(c).toEqualTypeOf<Connection<Member>>(); expectTypeOf(data).toEqualTypeOf<{ text: string; at: number }>() })
  events.on('ask', async (c, data) => { expectTypeOf(data).toEqualTypeOf<{ q: string }>(); return true })
  // @ts-expect-error no reply
  events.on('ask', async (c, data) => {})
  // @ts-expect-error unknown
  events.on('asks', async (c, data) => {})
  events.send(connection, 'said', { from: 'x' })
  events.send(connection, 'bye')
  events.broadcast('bye', undefined, { except: connection })
  events.publish('t', 'said', { from: '' }, { except: connection })
  // @ts-expect-error data missing
  events.publish('t', 'said')
  // @ts-expect-error data wrong
  events.publish('t', 'said', { from: 7 })
  // @ts-expect-error unknown
  events.broadcast('says', 7)
  expectTypeOf(events.request(connection, 'confirm', { q: '' }, { timeout: 5 })).toEqualTypeOf<Promise<number>>()
  expectTypeOf(events.request(connection, 'bye')).toEqualTypeOf<Promise<unknown>>()
  const loose = defineEvents(endpoint, {})
  loose.send(connection, 'anything', { x: 1 })
  loose.send(connection, 'anything')
  loose.publish('t', 'anything', { x: 1 }, { except: connection })
  expectTypeOf(loose.request(connection, 'x', 1)).toEqualTypeOf<Promise<unknown>>()
})
