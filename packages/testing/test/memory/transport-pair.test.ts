// What the two ends of a pair say about themselves.
import { expect, test } from 'vitest'
import { transportPair } from '@tocsin/testing'

test('each end has the other one\'s addresses', () => {
  const { client, server } = transportPair({ remoteAddress: '2001:db8::7', remotePort: 5_000, localAddress: '192.0.2.1', localPort: 8_080 })
  expect([server.remoteAddress, server.remotePort, server.remoteFamily]).toEqual(['2001:db8::7', 5_000, 'IPv6'])
  expect([client.remoteAddress, client.remotePort, client.remoteFamily]).toEqual(['192.0.2.1', 8_080, 'IPv4'])
  expect([client.localAddress, client.localPort]).toEqual([server.remoteAddress, server.remotePort])
})

test('may stand for TLS', () => {
  const { client, server } = transportPair({ encrypted: true })
  expect([client.encrypted, server.encrypted, server.localPort]).toEqual([true, true, 443])
  expect(transportPair().server.localPort).toBe(80)
})
