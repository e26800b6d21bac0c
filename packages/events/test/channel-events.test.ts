import { VirtualClock } from '@tocsin/testing'
import fc from './support/fast-check.js'
import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import type { Channel } from '../src/channel-events.js'
import { EventError, type EventMap, type ChannelEventOptions, defineEvents, typed } from '../src/index.js'
import { rejection } from './support/rejection.js'

/** One end of a wire in memory. */
class End implements Channel {
  readonly sent: Record<string, unknown>[] = []
  isOpen = true
  #onMessage: (message: unknown) => void = () => {}
  #onClose: () => void = () => {}

  send(text: string): boolean {
    if (this.isOpen) this.sent.push(JSON.parse(text) as Record<string, unknown>)
    return this.isOpen
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#onMessage = listener
  }

  onClose(listener: () => void): void {
    this.#onClose = listener
  }

  hear(message: unknown): void {
    this.#onMessage(typeof message === 'object' ? JSON.stringify(message) : message)
  }

  close(): void {
    this.isOpen = false
    this.#onClose()
  }
}

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function client<const Incoming extends EventMap>(incoming: Incoming, options: ChannelEventOptions<EventMap> = {}) {
  const channel = new End()
  return { channel, events: defineEvents(channel, incoming, options) }
}

describe('what the server says', () => {
  test('reaches its handlers, checked', () => {
    const { channel, events } = client({ said: z.object({ text: z.string() }) })
    const handler = vi.fn<(data: { text: string }) => void>()
    events.on('said', handler)
    channel.hear({ event: 'said', data: { text: 'hi', more: 1 } })
    events.off('said', handler)
    channel.hear({ event: 'said', data: { text: 'not heard' } })
    expect(handler.mock.calls).toEqual([[{ text: 'hi' }]])
  })

  test('is handled in order, one after the other', async () => {
    const { channel, events } = client({ wait: z.number(), note: z.string() })
    const notes: unknown[] = []
    events.on('wait', async (ms) => {
      await later(ms)
      notes.push(ms)
    })
    events.on('note', (note) => notes.push(note))
    for (const data of [10, 'a', 1, 'b']) channel.hear({ event: typeof data === 'number' ? 'wait' : 'note', data })
    await vi.waitFor(() => expect(notes).toEqual([10, 'a', 1, 'b']))
    channel.hear({ event: 'note', data: 'at once' })
    expect(notes.at(-1)).toBe('at once')
  })

  test('is answered when it has an id', async () => {
    const { channel, events } = client({ confirm: { data: v.string(), reply: v.boolean() }, wait: typed() })
    events.on('confirm', (question) => question === 'yes?')
    events.on('wait', () => { throw new EventError('busy', { code: 'busy' }) })
    channel.hear({ event: 'confirm', data: 'yes?', id: 1 })
    channel.hear({ event: 'confirm', data: 7, id: 2 })
    channel.hear({ event: 'wait', id: 3 })
    channel.hear({ event: 'unknown', id: 4 })
    const code = (word: string): unknown => expect.objectContaining({ code: word })
    expect(channel.sent).toEqual([
      { event: 'reply', data: true, id: 1 }, { event: 'error', data: code('invalid-data'), id: 2 },
      { event: 'error', data: code('busy'), id: 3 }, { event: 'error', data: code('unknown-event'), id: 4 },
    ])
  })

  test('is not complained about to the server; onError hears what is wrong', () => {
    const onError = vi.fn<(error: unknown) => void>()
    const { channel, events } = client({ said: z.string(), save: typed() }, { onError })
    const failure = new Error('mine')
    events.on('said', () => {}).on('save', () => { throw failure })
    const messages = ['nope', { event: 7 }, { event: 'said', data: 7 }, { event: 'unknown' }, { event: 'save' }, 7, undefined]
    for (const message of messages) channel.hear(message)
    expect(channel.sent).toEqual([])
    const heard = onError.mock.calls.map(([error]) => (error as EventError).code ?? error)
    expect(heard).toEqual(['bad-message', 'bad-message', 'invalid-data', failure])
  })

  test('harms nobody, whatever it is', () => {
    const { channel, events } = client({ said: z.string() })
    events.on('said', () => {})
    const message = fc.oneof(fc.string(), fc.json(), fc.anything().filter((value) => typeof value !== 'object'))
    fc.assert(fc.property(message, (value) => channel.hear(value)))
  })
})

describe('what the client says', () => {
  test('is sent, or not', () => {
    const { channel, events } = client({})
    expect(events.send('say', { text: 'hi' })).toBe(true)
    channel.close()
    expect(events.send('say')).toBe(false)
    expect(channel.sent).toEqual([{ event: 'say', data: { text: 'hi' } }])
  })

  test('is replied to, also while a handler waits for the reply', async () => {
    const { channel, events } = client({ invited: z.string() }, { outgoing: { join: { data: z.string(), reply: z.number() } } })
    const joined: unknown[] = []
    events.on('invited', async (room) => joined.push(await events.request('join', room)))
    channel.hear({ event: 'invited', data: 'blue' })
    expect(channel.sent).toEqual([{ event: 'join', data: 'blue', id: 1 }])
    channel.hear({ event: 'reply', data: 3, id: 1 })
    await vi.waitFor(() => expect(joined).toEqual([3]))
  })

  test('is given up after the timeout, and when the channel closes; it may open again', async () => {
    const clock = new VirtualClock()
    const { channel, events } = client({}, { clock, timeout: 1_000 })
    const timedOut = rejection(events.request('join'))
    clock.advance(1_000)
    expect(await timedOut).toMatchObject({ code: 'WS_ERR_REQUEST_TIMEOUT' })
    const closed = rejection(events.request('join'))
    channel.close()
    expect(await closed).toMatchObject({ code: 'WS_ERR_REQUEST_UNCONFIRMED' })
    await expect(events.request('join')).rejects.toMatchObject({ code: 'WS_ERR_REQUEST_CLOSED' })
    channel.isOpen = true
    const answer = events.request('join')
    channel.hear({ event: 'reply', data: 'in', id: channel.sent.at(-1)?.['id'] })
    expect(await answer).toBe('in')
  })

  test('has real timers by default', async () => {
    await expect(client({}).events.request('join', 0, { timeout: 5 })).rejects.toMatchObject({ code: 'WS_ERR_REQUEST_TIMEOUT' })
  })
})

test('what a handler throws is an unhandled rejection where nobody listens', async () => {
  const { channel, events } = client({ save: typed() })
  const failure = new Error('mine')
  events.on('save', () => { throw failure })
  const runners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  try {
    const heard = new Promise((resolve) => process.once('unhandledRejection', resolve))
    channel.hear({ event: 'save' })
    expect(await heard).toBe(failure)
  } finally {
    for (const listener of runners) process.on('unhandledRejection', listener)
  }
})
