import { VirtualClock } from '@tocsin/testing'
import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { z } from 'zod'
import { RequestError } from '../src/errors.js'
import type { EventOptions, RequestOptions } from '../src/options.js'
import { PendingRequests } from '../src/pending-requests.js'
import { resolveRequestSettings } from '../src/request-settings.js'
import { rejection } from './support/rejection.js'
import type { EventMap } from '../src/event-map.js'

interface Asking {
  readonly clock: VirtualClock
  readonly pending: PendingRequests
  readonly sent: Record<string, unknown>[]
  ask(event: string, data?: unknown, options?: RequestOptions): Promise<unknown>
}

function asking(options: EventOptions<EventMap> = {}): Asking {
  const clock = new VirtualClock()
  const pending = new PendingRequests(resolveRequestSettings(options, clock))
  const sent: Record<string, unknown>[] = []
  const send = (text: string): void => void sent.push(JSON.parse(text) as Record<string, unknown>)
  return { clock, pending, sent, ask: (event, data, requestOptions) => pending.ask({ event, data, options: requestOptions, send }) }
}

const failure = (code: string): unknown => expect.objectContaining({ name: 'RequestError', code: `WS_ERR_REQUEST_${code}` })

describe('a request', () => {
  test('resolves with the reply that has its id, in any order', async () => {
    const { ask, pending, sent, clock } = asking()
    const answers = [ask('a', 1), ask('b')]
    expect(sent).toEqual([{ event: 'a', data: 1, id: 1 }, { event: 'b', id: 2 }])
    expect(pending.settle({ event: 'reply', data: 'B', id: 2 })).toBe(true)
    expect(pending.settle({ event: 'reply', id: 1 })).toBe(true)
    expect(await Promise.all(answers)).toEqual([undefined, 'B'])
    expect([pending.size, clock.pending]).toEqual([0, 0])
  })

  test('rejects with the error that answers it', async () => {
    const { ask, pending } = asking()
    const answer = ask('a')
    pending.settle({ event: 'error', data: { message: 'no', code: 'mine', data: 7 }, id: 1 })
    await expect(answer).rejects.toEqual(failure('REFUSED'))
    await expect(answer).rejects.toMatchObject({ message: 'no', answer: { message: 'no', code: 'mine', data: 7 } })
  })

  test('is not settled by an answer to something else', () => {
    const { ask, pending } = asking()
    ask('a').catch(() => {})
    for (const id of [2, '1', 0, '__proto__', undefined]) expect(pending.settle({ event: 'reply', id })).toBe(false)
    expect(pending.size).toBe(1)
  })

  test('waits as long as it is told', async () => {
    const { ask, pending, clock } = asking({ timeout: 1_000 })
    const [short, long, endless] = [ask('a'), ask('b', 0, { timeout: 2_000 }), ask('c', 0, { timeout: Infinity })]
    const ends = Promise.all([rejection(short), rejection(long)])
    clock.advance(999)
    expect(pending.size).toBe(3)
    clock.advance(1)
    expect(pending.size).toBe(2)
    clock.advance(2_000_000_000)
    expect([pending.size, clock.pending]).toEqual([1, 0])
    expect(pending.settle({ event: 'reply', id: 1 })).toBe(false)
    pending.settle({ event: 'reply', data: 'at last', id: 3 })
    expect(await endless).toBe('at last')
    expect(await ends).toEqual([failure('TIMEOUT'), failure('TIMEOUT')])
  })

  test('is given up by its signal', async () => {
    const { ask, pending, sent, clock } = asking()
    const reason = new Error('changed my mind')
    const abort = new AbortController()
    const answer = ask('a', 0, { signal: abort.signal })
    abort.abort(reason)
    await expect(answer).rejects.toBe(reason)
    await expect(ask('b', 0, { signal: abort.signal })).rejects.toBe(reason)
    expect([pending.size, clock.pending, sent.length]).toEqual([0, 0, 1])
  })

  test('ends with its connection', async () => {
    const { ask, pending, clock } = asking()
    const answers = Promise.all([rejection(ask('a')), rejection(ask('b'))])
    pending.rejectSent()
    expect(await answers).toEqual([failure('UNCONFIRMED'), failure('UNCONFIRMED')])
    expect([pending.size, clock.pending]).toEqual([0, 0])
    await expect(pending.ask({ event: 'c', data: 0, options: {}, send: () => false })).rejects.toEqual(failure('CLOSED'))
  })

  test('that was kept for a connection outlives others, until it is sent, or dropped', async () => {
    const { pending, clock } = asking()
    const ask = (isKept: boolean): Promise<unknown> => rejection(pending.ask({ event: 'a', data: 0, options: {}, send: () => true, isKept }))
    const [sent, kept, dropped] = [ask(false), ask(true), ask(true)]
    pending.rejectSent()
    expect(await sent).toEqual(failure('UNCONFIRMED'))
    expect(pending.size).toBe(2)
    pending.drop({ event: 'a', id: 3 })
    pending.drop({ event: 'a', id: 3 })
    pending.drop({ event: 'a' })
    expect(await dropped).toEqual(failure('CLOSED'))
    pending.sendKept()
    pending.rejectSent()
    expect(await kept).toEqual(failure('UNCONFIRMED'))
    expect([pending.size, clock.pending]).toEqual([0, 0])
  })

  test('is one too many, at some point', async () => {
    const { ask, pending, sent } = asking({ maxPendingRequests: 1 })
    const first = ask('a')
    await expect(ask('b')).rejects.toEqual(failure('LIMIT'))
    pending.settle({ event: 'reply', id: 1 })
    await first
    void ask('c')
    expect(sent.map(({ event }) => event)).toEqual(['a', 'c'])
  })

  test('may be answered while it is being sent', async () => {
    const { pending } = asking()
    const send = (text: string): void => void pending.settle({ event: 'reply', data: 7, id: (JSON.parse(text) as { id: number }).id })
    expect(await pending.ask({ event: 'a', data: 0, options: {}, send })).toBe(7)
  })

  test('that cannot be meant changes nothing', async () => {
    const { ask, pending, sent, clock } = asking()
    for (const event of ['reply', 'error']) await expect(ask(event)).rejects.toMatchObject({ code: 'WS_ERR_EVENT_NAME' })
    await expect(ask('a', 0, { timeout: 0 })).rejects.toMatchObject({ code: 'WS_ERR_INVALID_OPTION' })
    await expect(ask('a', 1n)).rejects.toThrow(TypeError)
    const send = (): boolean => { throw new Error('send') }
    await expect(pending.ask({ event: 'a', data: 0, options: {}, send })).rejects.toThrow('send')
    expect([pending.size, clock.pending, sent.length]).toEqual([0, 0, 0])
  })
})

describe('the reply', () => {
  const isLater = v.checkAsync<string, string>(() => Promise.resolve(true), 'never')
  const outgoing = {
    zod: { data: z.unknown(), reply: z.string().transform((text) => text.length) },
    valibot: { data: v.unknown(), reply: v.pipeAsync(v.string(), isLater, v.transform((text) => text.length)) },
    none: z.unknown(),
  }

  test.each(['zod', 'valibot'])('is what its schema makes of it: %s', async (event) => {
    const { ask, pending } = asking({ outgoing })
    const [good, bad] = [ask(event), ask(event)]
    pending.settle({ event: 'reply', data: 'four', id: 1 })
    pending.settle({ event: 'reply', data: ['secret'], id: 2 })
    expect(await good).toBe(4)
    await expect(bad).rejects.toEqual(failure('REPLY'))
    await expect(bad).rejects.toMatchObject({ answer: { code: 'invalid-data', issues: [{ path: [] }] } })
  })

  test.each(['none', 'other', 'constructor', '__proto__'])('is taken as it is where nobody says what it should be: %s', async (event) => {
    const { ask, pending } = asking({ outgoing })
    const answer = ask(event)
    pending.settle({ event: 'reply', data: [7], id: 1 })
    expect(await answer).toEqual([7])
  })
})

test('a RequestError is an Error', () => expect(new RequestError('WS_ERR_REQUEST_TIMEOUT', 'x')).toBeInstanceOf(Error))
