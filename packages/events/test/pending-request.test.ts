import { VirtualClock } from '@tocsin/testing'
import { expect, test, vi } from 'vitest'
import { PendingRequest, type Waiting } from '../src/pending-request.js'
import { typed } from '../src/schema.js'
import { rejection } from './support/rejection.js'

function waiting(more: Partial<Waiting> = {}): Waiting & { clock: VirtualClock } {
  const plain = { event: 'a', reply: undefined, timeout: 1_000, signal: undefined, onSettled: vi.fn<() => void>() }
  return { ...plain, ...more, clock: new VirtualClock() }
}

test('settles once, and lets go of everything', async () => {
  const abort = new AbortController()
  const context = waiting({ signal: abort.signal })
  const request = new PendingRequest(context)
  request.resolve('first')
  request.resolve('second')
  request.reject(new Error('third'))
  abort.abort()
  context.clock.advance(5_000)
  expect(await request.promise).toBe('first')
  expect(context.onSettled).toHaveBeenCalledTimes(1)
  expect(context.clock.pending).toBe(0)
})

test('says which event was not answered, and for how long', async () => {
  const context = waiting()
  const rejected = rejection(new PendingRequest(context).promise)
  context.clock.advance(1_000)
  expect(await rejected).toMatchObject({ code: 'WS_ERR_REQUEST_TIMEOUT', message: "'a' was not answered within 1000 ms" })
})

test('has no timer where the delay would be too long for one', () => {
  const context = waiting({ timeout: 2 ** 31 })
  void new PendingRequest(context)
  expect(context.clock.pending).toBe(0)
})

test('rejects with what its schema throws', async () => {
  const failure = new Error('schema')
  const reply = { '~standard': { ...typed()['~standard'], validate: () => { throw failure } } }
  const request = new PendingRequest(waiting({ reply }))
  request.resolve(1)
  expect(await rejection(request.promise)).toBe(failure)
})
