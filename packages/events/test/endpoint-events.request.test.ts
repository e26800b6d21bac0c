// The server asks its clients, over real connections.
import { Runtime } from '@tocsin/core'
import { VirtualClock } from '@tocsin/testing'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { RequestError, defineEvents } from '../src/index.js'
import { type Talk, listen } from './support/chat.js'
import { rejection } from './support/rejection.js'

const outgoing = { confirm: { data: z.string(), reply: z.boolean() } }
const failure = (code: string): unknown => expect.objectContaining({ code: `WS_ERR_REQUEST_${code}` })

/** Answers the next request. */
async function answer(talk: Talk, data: unknown): Promise<void> {
  const { event, id } = await talk.next()
  expect(event).toBe('confirm')
  talk.say({ event: 'reply', data, id })
}

describe('request', () => {
  test('asks one connection', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, {}, { outgoing })
    const [ada, ben] = [await connect(), await connect()]
    const [a, b] = [...endpoint.connections]
    const answers = Promise.all([events.request(a!, 'confirm', 'a?'), events.request(b!, 'confirm', 'b?')])
    await Promise.all([answer(ada, true), answer(ben, false)])
    expect(await answers).toEqual([true, false])
  })

  test('rejects with an error reply, and with a reply of the wrong shape', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, {}, { outgoing })
    const ada = await connect()
    const [a] = [...endpoint.connections]
    const refused = rejection(events.request(a!, 'confirm', '?'))
    ada.say({ event: 'error', data: { message: 'busy' }, id: (await ada.next())['id'] })
    expect(await refused).toMatchObject({ code: 'WS_ERR_REQUEST_REFUSED', message: 'busy' })
    const misfit = rejection(events.request(a!, 'confirm', '?'))
    await answer(ada, 'yes')
    expect(await misfit).toEqual(failure('REPLY'))
  })

  test('waits by the clock of the endpoint; what comes later is ignored', async () => {
    const clock = new VirtualClock()
    const { endpoint, connect } = await listen({ runtime: new Runtime({ clock }), heartbeat: false })
    const events = defineEvents(endpoint, { echo: z.unknown() }, { outgoing })
    events.on('echo', () => 'echo')
    const ada = await connect()
    const timedOut = rejection(events.request([...endpoint.connections][0]!, 'confirm', '?', { timeout: 5_000 }))
    clock.advance(5_000)
    expect(await timedOut).toEqual(failure('TIMEOUT'))
    await answer(ada, true)
    ada.say({ event: 'echo', id: 1 })
    expect(await ada.next()).toEqual({ event: 'reply', data: 'echo', id: 1 })
    expect(events.stats().ignoredAnswers).toBe(1)
  })

  test('rejects when the connection closes, and at once when it has', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, {}, { outgoing })
    const ada = await connect()
    const [a] = [...endpoint.connections]
    const pending = rejection(events.request(a!, 'confirm', '?'))
    ada.socket.terminate()
    expect(await pending).toEqual(failure('UNCONFIRMED'))
    await expect(events.request(a!, 'confirm', '?')).rejects.toEqual(failure('CLOSED'))
  })

  test('has a limit for each connection', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, {}, { outgoing, maxPendingRequests: 1 })
    const [ada] = [await connect(), await connect()]
    const [a, b] = [...endpoint.connections]
    const first = events.request(a!, 'confirm', '?')
    await expect(events.request(a!, 'confirm', '?')).rejects.toEqual(failure('LIMIT'))
    events.request(b!, 'confirm', '?').catch(() => {})
    await answer(ada, true)
    expect(await first).toBe(true)
  })

  test('is given up with its signal', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, {}, { outgoing })
    await connect()
    await expect(events.request([...endpoint.connections][0]!, 'confirm', '?', { signal: AbortSignal.abort('why') })).rejects.toBe('why')
  })
})

describe('request, awaited in a handler of the same connection', () => {
  test('is answered, although the handler holds back the events behind its own', async () => {
    const { endpoint, connect } = await listen()
    const events = defineEvents(endpoint, { remove: z.string(), echo: z.unknown() }, { outgoing, timeout: 2_000 })
    events.on('remove', async (connection, name) => ((await events.request(connection, 'confirm', `${name}?`)) ? 'removed' : 'kept'))
    events.on('echo', (_connection, data) => data)
    const ada = await connect()
    ada.say({ event: 'remove', data: 'it', id: 1 })
    ada.say({ event: 'echo', data: 'later', id: 2 })
    await answer(ada, true)
    expect(await ada.next()).toEqual({ event: 'reply', data: 'removed', id: 1 })
    expect(await ada.next()).toEqual({ event: 'reply', data: 'later', id: 2 })
  })

  test('is answered in `open`, and where text is bytes', async () => {
    const { endpoint, connect } = await listen({ text: 'bytes' })
    const events = defineEvents(endpoint, {}, { outgoing, timeout: 2_000 })
    const heard = new Promise((resolve) => {
      endpoint.on('open', async (connection) => resolve(await events.request(connection, 'confirm', 'welcome?')))
    })
    await answer(await connect(), true)
    expect(await heard).toBe(true)
  })

  test('ends with the connection, which is nothing to report', async () => {
    const { endpoint, connect } = await listen()
    const onError = vi.fn<() => void>()
    const closed = new Promise((resolve) => endpoint.on('error', onError).on('close', resolve))
    const events = defineEvents(endpoint, { remove: z.unknown() }, { outgoing })
    const caught: unknown[] = []
    events.on('remove', (connection) => events.request(connection, 'confirm', '?').catch((error: unknown) => {
      caught.push(error)
      throw error
    }))
    const ada = await connect()
    ada.say({ event: 'remove' })
    await ada.next()
    ada.socket.terminate()
    await closed
    expect(caught).toEqual([expect.any(RequestError)])
    expect(onError).not.toHaveBeenCalled()
  })
})
