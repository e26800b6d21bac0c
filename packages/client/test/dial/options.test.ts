import { expect, it } from 'vitest'
import { type WebSocketClientOptions, resolveDialSettings } from '../../src/dial/options.js'

it('has its defaults, also for what is undefined', async () => {
  for (const options of [{}, { maxMessageSize: undefined, pingInterval: undefined, handshakeTimeout: undefined, reconnect: undefined } as object]) {
    const settings = resolveDialSettings(options)
    expect(settings).toMatchObject({ subprotocols: [], compression: undefined, maxMessageSize: 1_048_576, heartbeat: { interval: 30_000, timeout: 20_000 }, followRedirects: 0 })
    expect(await settings.headers()).toEqual({})
  }
})

it('pingInterval: false means never; headers are asked for at each attempt', async () => {
  let count = 0
  const { heartbeat, headers } = resolveDialSettings({ pingInterval: false, headers: async () => ({ 'X-Count': `${++count}` }) })
  expect([heartbeat.interval, await headers(), await headers()]).toEqual([Infinity, { 'X-Count': '1' }, { 'X-Count': '2' }])
})

it.each<[string, object]>([
  ['maxMessageSize', { maxMessageSize: 1.5 }], ['maxMessageSize', { maxMessageSize: 2 ** 30 }], ['pingInterval', { pingInterval: 0 }], ['pongTimeout', { pongTimeout: -1 }],
  ['followRedirects', { followRedirects: -1 }], ['closeTimeout', { closeTimeout: NaN }], ['maxQueueSize', { maxQueueSize: '1 MiB' }], ['maxQueueAge', { maxQueueAge: -1 }],
  ['reconnect.maxAttempts', { reconnect: { maxAttempts: -1 } }], ['reconnect.stableAfter', { reconnect: { stableAfter: null } }],
])('%s that cannot be is named', (name, options) => {
  expect(() => resolveDialSettings(options as WebSocketClientOptions)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'WS_ERR_INVALID_OPTION', message: expect.stringContaining(`option ${name} must be`) as string }))
})
