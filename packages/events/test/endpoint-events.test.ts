// Events over a real endpoint on a real port, spoken to with `ws`.
import { WebSocketEndpoint } from '@tocsin/core'
import { inject, settle } from '@tocsin/testing'
import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { EventError, defineEvents, typed } from '../src/index.js'
import { type Talk, listen } from './support/chat.js'

const Say = z.object({ text: z.string().max(2000) })
const error = (message: unknown, more: object = {}): unknown => ({ event: 'error', data: { message }, ...more })

/** Whether the connection is still open, and what came before the answer. */
async function unread(talk: Talk): Promise<unknown[]> {
  talk.say({ event: 'echo', data: 'still here', id: 'unread' })
  const before: unknown[] = []
  for (let message = await talk.next(); message['id'] !== 'unread'; message = await talk.next()) before.push(message)
  return before
}

describe('an event', () => {
  test('reaches its handler, checked, and is not answered without an id', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, { say: Say, echo: z.unknown() })
    const handler = vi.fn<(connection: unknown, data: { text: string }) => string>(() => 'not asked for')
    events.on('say', handler).on('echo', (_connection, data) => data)
    const ada = await connect()
    ada.say({ event: 'say', data: { text: 'hi', more: 1 }, extra: true })
    expect(await unread(ada)).toEqual([])
    expect(handler.mock.calls).toEqual([[[...endpoint.connections][0], { text: 'hi' }]])
  })

  test('with an id is answered with what the handler returns, or with nothing but the id', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, { sum: { data: v.array(v.number()), reply: v.number() }, note: z.undefined() })
    events.on('sum', async (_connection, numbers) => numbers.reduce((a, b) => a + b, 0))
    events.on('note', () => undefined)
    const ada = await connect()
    ada.say({ event: 'sum', data: [1, 2, 3], id: 'a' })
    ada.say({ event: 'note', id: 0 })
    expect([await ada.next(), await ada.next()]).toEqual([{ event: 'reply', data: 6, id: 'a' }, { event: 'reply', id: 0 }])
  })

  test('waits until the handlers of the one before have settled', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, { slow: z.number(), quick: z.number() })
    events.on('slow', async (_connection, ms) => {
      await new Promise((resolve) => setTimeout(resolve, ms))
      return 'slow'
    })
    events.on('quick', () => 'quick')
    const ada = await connect()
    ada.say({ event: 'slow', data: 30, id: 1 })
    ada.say({ event: 'quick', data: 0, id: 2 })
    ada.say({ event: 'slow', data: 0, id: 3 })
    expect([await ada.next(), await ada.next(), await ada.next()].map(({ id }) => id)).toEqual([1, 2, 3])
  })

  test('goes to no handler that was taken off', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, { say: z.unknown() })
    const handler = (): string => 'gone'
    events.on('say', handler).off('say', handler)
    const ada = await connect()
    ada.say({ event: 'say', id: 1 })
    expect(await ada.next()).toMatchObject({ event: 'error', data: { code: 'unknown-event' }, id: 1 })
  })
})

describe('sending', () => {
  test('reaches one, all, or the subscribers of a topic', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, {}, { outgoing: { said: typed<string>(), bye: z.undefined() } })
    const [ada, ben, cleo] = [await connect(), await connect(), await connect()]
    const [a, b, c] = [...endpoint.connections]
    a!.subscribe('blue')
    b!.subscribe('blue')
    expect(events.send(a!, 'said', 'one')).toBe(true)
    expect(events.broadcast('bye')).toBe(3)
    expect(events.broadcast('said', 'some', { except: c!, filter: (connection) => connection !== a })).toBe(1)
    expect(events.publish('blue', 'said', 'topic', { except: b! })).toBe(1)
    const said = (data: string): object => ({ event: 'said', data })
    const bye = { event: 'bye' }
    expect([await ada.next(), await ada.next(), await ada.next()]).toEqual([said('one'), bye, said('topic')])
    expect([await ben.next(), await ben.next()]).toEqual([bye, said('some')])
    expect(await cleo.next()).toEqual(bye)
    endpoint.disconnect(c!.id)
    expect(events.send(c!, 'bye')).toBe(false)
  })

  test('serialises once for all', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, {})
    await Promise.all([connect(), connect(), connect()])
    const toJSON = vi.fn<() => number>(() => 1)
    expect(events.broadcast('said', { toJSON })).toBe(3)
    expect(toJSON).toHaveBeenCalledTimes(1)
  })

  test('refuses at once what cannot be sent', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, {})
    await connect()
    expect(() => events.broadcast('said', 1n)).toThrow(TypeError)
    expect(() => events.broadcast('reply', 1)).toThrow(expect.objectContaining({ code: 'WS_ERR_EVENT_NAME' }))
  })
})

describe('a bad message', () => {
  test.each([
    ['bad JSON', 'nope', 'a message must be JSON'], ['nothing', '', 'a message must be JSON'],
    ['a list', '[1]', 'a message must be a JSON object'],
    ['no event', '{"data":1}', 'event must be a string'], ['an odd id', '{"event":"say","id":[]}', /^id must be/],
    ['an unknown event', '{"event":"dance"}', 'unknown event'], ['an inherited name', '{"event":"constructor"}', 'unknown event'],
    ['__proto__', '{"event":"__proto__"}', 'unknown event'], ['no data', '{"event":"say"}', /object/],
    ['a wrong shape', '{"event":"say","data":{"text":7}}', /^text: .*string/],
    ['too much', `{"event":"say","data":{"text":"${'x'.repeat(2001)}"}}`, /^text: .*2000/],
    ['bytes', Buffer.from('{"event":"say","data":{"text":"hi"}}'), 'a message must be text'],
  ])('is answered to its sender alone, and the connection stays open: %s', async (_what, message, words) => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, { say: Say, echo: z.unknown() })
    events.on('say', () => 'said').on('echo', (_connection, data) => data)
    const [ada, ben] = [await connect(), await connect()]
    ada.say(message)
    expect(await unread(ada)).toEqual([error(typeof words === 'string' ? words : expect.stringMatching(words))])
    expect(await unread(ben)).toEqual([])
    expect(events.stats()).toEqual({ refused: 1, failed: 0, ignoredAnswers: 0 })
  })

  test('with an id gets it back, with a code, and the issues', async () => {
    const { endpoint, connect } = await listen()
    defineEvents(endpoint, { say: Say }).on('say', () => 'said')
    const ada = await connect()
    ada.say({ event: 'say', data: { text: 7 }, id: 1 })
    ada.say({ event: 'dance', id: 'two' })
    ada.say({ id: 3 })
    const message = expect.any(String)
    const issues = [{ path: ['text'], message }]
    expect(await ada.next()).toEqual({ event: 'error', data: { message, code: 'invalid-data', issues }, id: 1 })
    expect(await ada.next()).toEqual({ event: 'error', data: { message, code: 'unknown-event' }, id: 'two' })
    expect(await ada.next()).toEqual({ event: 'error', data: { message, code: 'bad-message' }, id: 3 })
  })
})

describe('a handler that throws', () => {
  test('an EventError tells the sender', async () => {
    const { endpoint, connect } = await listen()
    const onError = vi.fn<() => void>()
    endpoint.on('error', onError)
    defineEvents(endpoint, { join: z.unknown() }).on('join', () => { throw new EventError('full', { code: 'room-full', data: 3 }) })
    const ada = await connect()
    ada.say({ event: 'join', id: 1 })
    expect(await ada.next()).toEqual({ event: 'error', data: { message: 'full', code: 'room-full', data: 3 }, id: 1 })
    expect(onError).not.toHaveBeenCalled()
  })

  test('anything else tells the endpoint; the sender hears "internal error" and stays', async () => {
    const { endpoint, connect } = await listen()
    const heard: unknown[] = []
    endpoint.on('error', (...[reported, connection]) => heard.push(reported, connection))
    const events = defineEvents(endpoint, { save: z.unknown(), echo: z.unknown() })
    const failure = new Error('secret')
    events.on('save', () => Promise.reject(failure)).on('echo', (_connection, data) => data)
    const ada = await connect()
    ada.say({ event: 'save' })
    expect(await unread(ada)).toEqual([error('internal error')])
    expect(heard).toEqual([failure, [...endpoint.connections][0]])
    expect(events.stats()).toEqual({ refused: 1, failed: 1, ignoredAnswers: 0 })
  })
})

describe('next to events', () => {
  test('binary messages may be somebody else\'s', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, { echo: z.unknown() }, { binary: 'ignore' })
    events.on('echo', (_connection, data) => data)
    endpoint.on('message', (connection, message, kind) => {
      if (kind === 'binary') events.send(connection, 'bytes', message.length)
    })
    const ada = await connect()
    ada.say(Buffer.from([1, 2, 3]))
    expect(await unread(ada)).toEqual([{ event: 'bytes', data: 3 }])
  })

  test('text may come as bytes', async () => {
    const { endpoint, connect } = await listen({ text: 'bytes' })
    defineEvents(endpoint, { echo: z.unknown() }).on('echo', (_connection, data) => data)
    const ada = await connect()
    ada.say({ event: 'echo', data: 'žluťoučký', id: 1 })
    expect(await ada.next()).toEqual({ event: 'reply', data: 'žluťoučký', id: 1 })
    ada.say(Buffer.from('{}'))
    expect(await ada.next()).toEqual(error('a message must be text'))
  })

  test('answers nobody asked for are ignored, and counted; an error without an id is never answered', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, { echo: z.unknown() })
    events.on('echo', (_connection, data) => data)
    const ada = await connect()
    for (const id of [1, 'a', undefined]) ada.say({ event: 'reply', id })
    ada.say({ event: 'error', id: 1 })
    ada.say({ event: 'error', data: { message: 'no' } })
    expect(await unread(ada)).toEqual([])
    expect(events.stats()).toEqual({ refused: 0, failed: 0, ignoredAnswers: 4 })
  })

  test('an error without an id can be listened to', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, { error: z.object({ message: z.string() }), echo: z.unknown() })
    const onError = vi.fn<(connection: unknown, data: unknown) => void>()
    events.on('error', onError).on('echo', (_connection, data) => data)
    const ada = await connect()
    ada.say({ event: 'error', data: { message: 'no' } })
    ada.say({ event: 'error', data: 'not an error' })
    expect(await unread(ada)).toEqual([])
    expect(onError.mock.calls).toEqual([[expect.anything(), { message: 'no' }]])
  })
})

test('a key is passed on: who reads again gets the latest of each', async () => {
  const endpoint = new WebSocketEndpoint({ slowConsumer: 'latest' })
  const events = defineEvents(endpoint, {})
  endpoint.on('open', (connection) => { connection.subscribe('prices') })
  const client = await inject(endpoint)
  const [connection] = endpoint.connections
  client.pause()
  endpoint.broadcast(Buffer.alloc(300_000))
  await settle()
  for (let price = 0; price < 3; price++) {
    events.send(connection!, 'sent', price, { key: 'a' })
    events.broadcast('told', price, { key: 'b' })
    events.publish('prices', 'published', price, { key: 'c' })
  }
  client.resume()
  await client.next()
  const next = async (): Promise<unknown> => JSON.parse((await client.next()).toString())
  expect([await next(), await next(), await next()]).toEqual([{ event: 'sent', data: 2 }, { event: 'told', data: 2 }, { event: 'published', data: 2 }])
  expect(connection!.info.messagesDropped).toBe(6)
})
