// Every option is checked when the endpoint is made; the defaults are secure together (FEATURES C7).
import { describe, expect, test } from 'vitest'
import { type EndpointOptions, resolveOptions } from '../../src/endpoint/options.js'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import { processRuntime } from '../../src/runtime.js'

test('the defaults', () => {
  const options = resolveOptions({})
  expect(options).toMatchObject({
    name: 'default', maxMessageSize: 1_048_576, handshakeTimeout: 10_000, closeTimeout: 10_000, heartbeat: { interval: 25_000, timeout: 20_000 },
    maxQueuedMessages: 16, sendLimits: { maxBufferedAmount: 16_777_216, slowConsumer: 'close' }, text: 'string', deliver: { close: false, ping: false, pong: false },
    pushOnly: false, drainOnServerClose: true, runtime: processRuntime(), decide: undefined, subprotocols: undefined,
  })
  expect(options.isOriginAllowed('http://evil.example', { host: 'good.example' }, {} as never)).toBe(false)
  expect(options.isOriginAllowed('http://good.example', { host: 'good.example' }, {} as never)).toBe(true)
  expect(options.trustedProxies('127.0.0.1')).toBe(false)
})

const numbers = ['maxMessageSize', 'handshakeTimeout', 'closeTimeout', 'maxQueuedMessages', 'maxBufferedAmount', 'maxBufferedMessages', 'highWaterMark', 'lowWaterMark'] as const

describe.each(numbers)('%s', (name) => {
  test.each([-1, Number.NaN, '5', null, {}, [], true, -Infinity, 10n])('refuses what is no number in range', (value) => {
    expect(() => new WebSocketEndpoint({ [name]: value } as never)).toThrow(expect.objectContaining({ code: 'WS_ERR_INVALID_OPTION', message: expect.stringContaining(name) as string }))
  })
})

test.each<[string, unknown]>([
  ['maxMessageSize', 1.5], ['maxMessageSize', Infinity], ['maxMessageSize', 0x2000_0000], ['maxQueuedMessages', 0], ['maxQueuedMessages', 1.5],
  ['handshakeTimeout', 0], ['closeTimeout', 0], ['maxBufferedAmount', 0], ['heartbeat', { interval: 0 }], ['heartbeat', { timeout: -1 }],
  ['heartbeat', { interval: '25s' }], ['heartbeat', true], ['heartbeat', 25_000], ['text', 'buffer'], ['text', true], ['upgrade', true], ['name', 5], ['name', ''],
  ['trustedProxies', ['10.0.0.0/33']], ['trustedProxies', ['proxy.example']], ['trustedProxies', ['::1/129']], ['trustedProxies', ['1.2.3.4/8/8']],
  ['trustedProxies', ['']], ['trustedProxies', 'loopback'], ['trustedProxies', true],
])('%s: %j is refused', (name, value) => {
  expect(() => new WebSocketEndpoint({ [name]: value } as never)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_INVALID_OPTION' }))
})

test.each<[EndpointOptions<undefined>, string]>([
  [{ origins: ['not an origin'] }, 'WS_ERR_INVALID_ORIGINS'],
  [{ origins: 'all' as never }, 'WS_ERR_INVALID_ORIGINS'],
  [{ subprotocols: ['a', 'a'] }, 'WS_ERR_INVALID_SUBPROTOCOL'],
  [{ subprotocols: ['a b'] }, 'WS_ERR_INVALID_SUBPROTOCOL'],
  [{ subprotocols: 'chat' as never }, 'WS_ERR_INVALID_SUBPROTOCOL'],
])('%j is refused', (options, code) => {
  expect(() => new WebSocketEndpoint(options)).toThrow(expect.objectContaining({ name: 'UsageError', code }))
})

test.each<EndpointOptions<undefined>>([
  { maxMessageSize: 0 }, { maxMessageSize: 0x1fff_ffe8 }, { heartbeat: false }, { heartbeat: {} }, { heartbeat: { interval: 1 } }, { closeTimeout: Infinity },
  { handshakeTimeout: Infinity }, { maxBufferedAmount: Infinity }, { heartbeat: { interval: Infinity, timeout: Infinity } }, { trustedProxies: ['loopback', '10.0.0.0/8', 'fd00::/8', '::1'] },
])('%j is accepted', (options) => {
  expect(() => new WebSocketEndpoint(options)).not.toThrow()
})
