import { WebSocketEndpoint } from '@tocsin/core'
import { expect, test } from 'vitest'
import { ChannelEvents, EndpointEvents, defineEvents, typed } from '../src/index.js'

test('takes an endpoint or a channel', () => {
  const channel = { send: () => {}, onMessage: () => {}, onClose: () => {} }
  expect(defineEvents(new WebSocketEndpoint(), {})).toBeInstanceOf(EndpointEvents)
  expect(defineEvents(channel, {})).toBeInstanceOf(ChannelEvents)
})

test('takes an endpoint once', () => {
  const endpoint = new WebSocketEndpoint()
  expect(() => defineEvents(endpoint, { reply: typed() })).toThrow(expect.objectContaining({ code: 'WS_ERR_EVENT_NAME' }))
  expect(() => defineEvents(endpoint, {}, { timeout: 0 })).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION' }))
  defineEvents(endpoint, {})
  expect(() => defineEvents(endpoint, {})).toThrow(expect.objectContaining({ code: 'WS_ERR_INTERCEPTED' }))
})
