// The message on offer: which sender gets its compressed form.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { Relay } from '../../src/compression/relay.js'

const payload = Buffer.from('deflated')

test('an equal string, whatever its sender says', () => {
  const relay = new Relay()
  relay.offer('message', payload, 15)
  expect(relay.payloadFor(['mess', 'age'].join(''), 15, false)).toBe(payload)
  expect(relay.payloadFor('another', 15, true)).toBeUndefined()
})

test('the same bytes, on their sender\'s word only: they may have been written to', () => {
  const relay = new Relay()
  const message = Buffer.from('message')
  relay.offer(message, payload, 15)
  expect(relay.payloadFor(message, 15, true)).toBe(payload)
  expect(relay.payloadFor(message, 15, false)).toBeUndefined()
  expect(relay.payloadFor(Buffer.from('message'), 15, true)).toBeUndefined()
})

test('a receiver\'s window is not smaller', () => {
  const relay = new Relay()
  relay.offer('message', payload, 12)
  expect([8, 11, 12, 13, 15].map((bits) => relay.payloadFor('message', bits, false) !== undefined)).toEqual([false, false, true, true, true])
})

test('nothing is on offer before, after, or when it was withdrawn', () => {
  const relay = new Relay()
  expect(relay.payloadFor('', 15, true)).toBeUndefined()
  relay.offer('', payload, 15)
  expect(relay.payloadFor('', 15, true)).toBe(payload)
  relay.withdraw()
  expect(relay.payloadFor('', 15, true)).toBeUndefined()
  expect(relay.payloadFor('message', 15, true)).toBeUndefined()
})
