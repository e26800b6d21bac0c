// What a gateway's endpoint sends: bytes and strings as they are, messages as the format writes them.
import 'reflect-metadata'
import type { Connection } from '@tocsin/core'
import { expect, test, vi } from 'vitest'
import { jsonFormat, type MessageFormat } from '@tocsin/nestjs'
import { encode, GatewayEndpoint } from '../../src/gateway/gateway-endpoint.js'

const shouting: MessageFormat = { ...jsonFormat, serialize: ({ event }) => `${event}!` }

test('only messages go through the format', () => {
  const bytes = new Uint8Array([1])
  expect([encode('event', shouting), encode(bytes, shouting), encode({ event: 'said' }, shouting)]).toEqual(['event', bytes, 'said!'])
  expect(encode(bytes, shouting)).toBe(bytes)
})

test('send() tells whether the connection took it; the format is JSON unless said otherwise', () => {
  const sent: unknown[] = []
  const connection = { send: (message: unknown) => sent.push(message) === 1 } as unknown as Connection
  expect(new GatewayEndpoint().send(connection, { event: 'said', data: 1 })).toBe(true)
  expect(new GatewayEndpoint({}, shouting).send(connection, { event: 'said' })).toBe(false)
  expect(sent).toEqual(['{"event":"said","data":1}', 'said!'])
})

test('how it is sent is passed on', () => {
  const send = vi.fn(() => true)
  new GatewayEndpoint().send({ send } as unknown as Connection, { event: 'said' }, { key: 'a' })
  expect(send).toHaveBeenCalledWith('{"event":"said"}', { key: 'a' })
})

test('`clients` is a copy', () => {
  const endpoint = new GatewayEndpoint()
  endpoint.clients.add({} as Connection)
  expect([endpoint.clients.size, endpoint.connections.size]).toEqual([0, 0])
})
