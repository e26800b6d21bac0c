import { WebSocketClient } from '@tocsin/client'
import { WebSocketEndpoint } from '@tocsin/core'
import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { WebSocketClient as BrowserClient } from '../../client/src/browser.js'
import { ChannelEvents, EndpointEvents, defineEvents, typed } from '../src/index.js'

test('takes an endpoint, a channel or a client', () => {
  const channel = { send: () => {}, onMessage: () => {}, onClose: () => {} }
  expect(defineEvents(new WebSocketEndpoint(), {})).toBeInstanceOf(EndpointEvents)
  expect(defineEvents(channel, {})).toBeInstanceOf(ChannelEvents)
  expect(defineEvents(channel)).toBeInstanceOf(ChannelEvents)
  const client = new WebSocketClient('ws://localhost/', { reconnect: false })
  expect(defineEvents(client)).toBeInstanceOf(ChannelEvents)
  client.cancel()
})

test('takes an endpoint once', () => {
  const endpoint = new WebSocketEndpoint()
  expect(() => defineEvents(endpoint, { reply: typed() })).toThrow(expect.objectContaining({ code: 'WS_ERR_EVENT_NAME' }))
  expect(() => defineEvents(endpoint, {}, { timeout: 0 })).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION' }))
  defineEvents(endpoint, {})
  expect(() => defineEvents(endpoint, {})).toThrow(expect.objectContaining({ code: 'WS_ERR_INTERCEPTED' }))
})

test('types what a client sends and hears, from either door', () => {
  const both = (client: WebSocketClient | BrowserClient) => defineEvents(client, { said: z.object({ at: z.coerce.date() }) }, {
    outgoing: { say: { data: typed<{ text: string }>(), reply: typed<{ ok: boolean }>() }, leave: typed<undefined>() },
  })
  type Events = ReturnType<typeof both>
  expectTypeOf<Parameters<Events['on']>[0]>().toEqualTypeOf<'said'>()
  expectTypeOf<Parameters<Events['send']>[0]>().toEqualTypeOf<'say' | 'leave'>()
  const use = async (events: Events): Promise<void> => {
    events.on('said', ({ at }) => { expectTypeOf(at).toEqualTypeOf<Date>() })
    expectTypeOf(await events.request('say', { text: 'hi' }, { timeout: 5_000 })).toEqualTypeOf<{ ok: boolean }>()
    // @ts-expect-error -- text is missing
    void events.request('say', {})
  }
  const sketch = (client: WebSocketClient): Promise<unknown> => defineEvents(client).request('say', { text: 'hi' }, { timeout: 5_000 })
  expect([typeof use, typeof sketch, typeof both]).toEqual(['function', 'function', 'function'])
})
