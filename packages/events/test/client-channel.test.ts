// Events over the client that comes back by itself: the real client of Node, a real endpoint, and whatever happens in between.
import { WebSocketClient, type WebSocketClientOptions } from '@tocsin/client'
import { type Connection, WebSocketEndpoint } from '@tocsin/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import { channelOf } from '../src/client-channel.js'
import { EventError, defineEvents, typed } from '../src/index.js'
import { rejection } from './support/rejection.js'

const serverEvents = {
  say: { data: z.object({ text: z.string().max(10) }), reply: z.object({ length: z.number() }) },
  hold: z.unknown(),
  cut: z.unknown(),
}
const clientEvents = { confirm: { data: z.string(), reply: z.string() }, said: z.object({ text: z.string() }) }

const later = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

async function start(options: WebSocketClientOptions = {}) {
  const endpoint = new WebSocketEndpoint()
  const opened: Connection<undefined>[] = []
  let held = 0
  endpoint.on('open', (connection) => { opened.push(connection) })
  const events = defineEvents(endpoint, serverEvents, { outgoing: clientEvents })
  events.on('say', (_connection, { text }) => {
    if (text === 'refuse') throw new EventError('not you', { code: 'no' })
    return { length: text.length }
  })
  events.on('hold', () => { held++; return new Promise(() => {}) })
  events.on('cut', (connection) => { connection.terminate() })
  onTestFinished(() => endpoint.close({ deadline: 200 }))
  const { port } = await endpoint.listen(0, '127.0.0.1')
  const slowly = async (): Promise<string> => { await later(20); return `ws://127.0.0.1:${port}/` }
  const client = new WebSocketClient(slowly, { reconnect: 20, ...options })
  onTestFinished(() => client.terminate())
  return { endpoint, events, client, mine: defineEvents(client, clientEvents, { outgoing: serverEvents }), opened, held: () => held }
}

const failure = (code: string): unknown => expect.objectContaining({ name: 'RequestError', code: `WS_ERR_REQUEST_${code}` })

describe('request()', () => {
  test('is answered, checked, refused; what is asked before there is a connection waits for it', async () => {
    const { mine, client } = await start()
    expect(client.readyState).toBe(0)
    expect(await mine.request('say', { text: 'early' })).toEqual({ length: 5 })
    await expect(mine.request('say', { text: 'refuse' })).rejects.toMatchObject({ code: 'WS_ERR_REQUEST_REFUSED', answer: { code: 'no' } })
    await expect(mine.request('say', { text: 'far too long' })).rejects.toMatchObject({ answer: { code: 'invalid-data' } })
    await expect(mine.request('hold', 0, { timeout: 10 })).rejects.toEqual(failure('TIMEOUT'))
  })

  test('that was sent when the connection ends is unconfirmed; one that waits for the next connection is answered there', async () => {
    const { mine, client, opened, held } = await start()
    await client.opened
    const sent = rejection(mine.request('hold', 0))
    await vi.waitFor(() => expect(held()).toBe(1))
    const between = new Promise<unknown>((resolve) => {
      client.on('close', ({ final }) => { if (!final) resolve(mine.request('say', { text: 'between' })) })
    })
    opened[0]!.terminate()
    expect(await sent).toEqual(failure('UNCONFIRMED'))
    expect(await between).toEqual({ length: 7 })
    expect(opened.length).toBe(2)
  })

  test('that waits when the client closes for good, or for too long, was not sent', async () => {
    const { client, mine, endpoint } = await start({ reconnect: 60_000 })
    await client.opened
    for (const connection of endpoint.connections) connection.terminate()
    await new Promise((resolve) => { client.on('reconnecting', resolve) })
    const waiting = rejection(mine.request('say', { text: 'x' }))
    client.terminate()
    expect(await waiting).toEqual(failure('CLOSED'))
    await expect(mine.request('say', { text: 'x' })).rejects.toEqual(failure('CLOSED'))

    const other = await start({ maxQueueAge: 1 })
    await expect(other.mine.request('say', { text: 'x' })).rejects.toEqual(failure('CLOSED'))
    expect(other.client.readyState).toBe(1)
  })

  test('without a queue is refused at once while there is no connection', async () => {
    const { mine, client } = await start({ queueWhileDisconnected: false })
    await expect(mine.request('say', { text: 'x' })).rejects.toEqual(failure('CLOSED'))
    await client.opened
    expect(await mine.request('say', { text: 'x' })).toEqual({ length: 1 })
  })

  test('in flight when the client closes is unconfirmed, unless its answer comes first', async () => {
    const { mine, client } = await start()
    await client.opened
    const [answered, held] = [mine.request('say', { text: 'last' }), rejection(mine.request('hold', 0))]
    await client.close()
    expect(await answered).toEqual({ length: 4 })
    expect(await held).toEqual(failure('UNCONFIRMED'))
  })
})

describe('what the server says', () => {
  test('events reach their handlers, checked; requests are answered', async () => {
    const { mine, client, events, opened } = await start()
    const said = vi.fn<(data: { text: string }) => void>()
    mine.on('said', said).on('confirm', (question) => `${question}!`)
    await client.opened
    events.broadcast('said', { text: 'hi' })
    expect(await events.request(opened[0]!, 'confirm', 'sure')).toBe('sure!')
    expect(said.mock.calls).toEqual([[{ text: 'hi' }]])
  })

  test('is not answered on another connection, where its id is another question', async () => {
    const { mine, client, events, opened } = await start()
    let answer!: (text: string) => void
    const held = new Promise<string>((resolve) => { answer = resolve })
    let asked = 0
    mine.on('confirm', (question) => (++asked === 1 ? held : question))
    await client.opened
    const first = rejection(events.request(opened[0]!, 'confirm', 'first'))
    await vi.waitFor(() => expect(asked).toBe(1))
    opened[0]!.terminate()
    expect(await first).toEqual(failure('UNCONFIRMED'))
    await vi.waitFor(() => expect(opened.length).toBe(2))
    const second = events.request(opened[1]!, 'confirm', 'second')
    answer('of the first')
    expect(await second).toBe('second')
    expect(events.stats().ignoredAnswers).toBe(0)
  })
})

test('send() is kept for the next connection, in order with requests', async () => {
  const endpoint = new WebSocketEndpoint()
  const heard: unknown[] = []
  const theirs = defineEvents(endpoint, { note: z.number() })
  theirs.on('note', (_connection, note) => { heard.push(note) })
  onTestFinished(() => endpoint.close({ deadline: 200 }))
  const { port } = await endpoint.listen(0, '127.0.0.1')
  const client = new WebSocketClient(`ws://127.0.0.1:${port}/`)
  onTestFinished(() => client.terminate())
  const mine = defineEvents(client, {}, { outgoing: { note: typed<number>() } })
  expect(mine.send('note', 1)).toBe(true)
  const answered = mine.request('note', 2)
  expect(mine.send('note', 3)).toBe(true)
  await answered
  await vi.waitFor(() => expect(heard).toEqual([1, 2, 3]))
  await client.close()
  expect(mine.send('note', 4)).toBe(false)
})

test('a channel of a client: what is dropped is told, whatever it was', async () => {
  const handlers = new Map<string, (value: never) => void>()
  const sent: string[] = []
  const client = { readyState: 0, send: (text: string) => sent.push(text) > 0, on: (event: string, handler: (value: never) => void) => handlers.set(event, handler) }
  expect(channelOf(client).isOpen).toBe(false)
  const events = defineEvents(client, {})
  const request = rejection(events.request('a'))
  const drop = handlers.get('dropped') as (value: unknown) => void
  for (const data of [new Uint8Array(1), 'not JSON', '{"event":"reply","id":1}', '{"event":"a","id":7}']) drop({ data })
  drop({ data: sent[0] })
  expect(await request).toEqual(failure('CLOSED'))
})
