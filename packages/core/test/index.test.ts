// The public names. Whoever adds or takes away one changes this list, and says so in a changeset.
import { expect, test } from 'vitest'
import * as core from '../src/index.js'
import * as protocol from '../src/protocol/index.js'

test('@tocsin/core', () => {
  expect(Object.keys(core).sort()).toEqual([
    'CloseCode', 'CloseFrame', 'Connection', 'Decision', 'Frame', 'Handshake', 'HandshakeError', 'Opcode', 'ProtocolError', 'Runtime', 'Topic',
    'UsageError', 'WebSocketEndpoint', 'WebSocketError', 'ZlibPool', 'deflatePayload', 'dispatchUpgrades', 'inflatePayload', 'isUpgradePending', 'isWebSocketUpgrade', 'leaveToOthers', 'limitServer', 'offeredSubprotocols',
    'pack', 'processRuntime', 'resolveCloseOptions', 'systemClock', 'unpack', 'upgradeDispatcher',
  ])
})

test('what an endpoint and a connection can do', () => {
  expect(namesOf(core.WebSocketEndpoint)).toEqual([
    'attach', 'broadcast', 'close', 'connectionInfo', 'connections', 'disconnect', 'exists', 'hasUpgradeHook', 'intercept', 'isEstablished', 'isReady', 'listen',
    'name', 'off', 'on', 'publish', 'push', 'reportError', 'runtime', 'stats', 'topic', 'upgrade',
  ])
  expect(namesOf(core.Connection)).toEqual([
    'authenticate', 'bufferedAmount', 'close', 'closeWithin', 'drained', 'info', 'isAuthenticated', 'isEstablished', 'isPaused', 'limitSending', 'pause', 'ping', 'pong', 'protect', 'readyState', 'resume', 'send',
    'sendFrame', 'sendShared', 'sendStream', 'signal', 'subscribe', 'terminate', 'topics', 'unsubscribe',
  ])
  expect(Symbol.asyncDispose in core.WebSocketEndpoint.prototype).toBe(true)
  expect(Symbol.asyncIterator in core.Connection.prototype).toBe(true)
})

test('the second door, @tocsin/core/protocol, opens on the same things', () => {
  const [first, second] = [new Map<string, unknown>(Object.entries(core)), new Map<string, unknown>(Object.entries(protocol))]
  for (const name of ['Frame', 'CloseFrame', 'Opcode', 'CloseCode', 'pack', 'unpack', 'WebSocketError', 'ProtocolError', 'UsageError', 'HandshakeError']) {
    expect(second.get(name), name).toBe(first.get(name))
  }
})

function namesOf({ prototype }: { prototype: object }): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor').sort()
}
