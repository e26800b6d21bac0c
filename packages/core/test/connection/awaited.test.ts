// Who waits for everything to be written, and who for the end.
import { expect, test } from 'vitest'
import { Awaited } from '../../src/connection/awaited.js'

test('all who wait for the drain are told, once', async () => {
  const awaited = new Awaited()
  const told: string[] = []
  void awaited.drained().then(() => told.push('first'))
  void awaited.drained().then(() => told.push('second'))
  await Promise.resolve()
  expect(told).toEqual([])
  awaited.onDrained()
  const third = awaited.drained().then(() => told.push('third'))
  await Promise.resolve()
  expect(told).toEqual(['first', 'second'])
  awaited.onDrained()
  await third
})

test('one signal, which the end aborts, whether or not anybody has asked for it', () => {
  const awaited = new Awaited()
  awaited.onClosed()
  const { signal } = awaited
  expect([awaited.signal === signal, signal.aborted]).toEqual([true, false])
  awaited.onClosed()
  expect(signal.reason).toMatchObject({ code: 'WS_ERR_CLOSED' })
})
