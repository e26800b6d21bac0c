// The public surface, pinned: a change here is a change for users.
import { expect, test } from 'vitest'
import * as testing from '@tocsin/testing'

test('exports exactly this', () => {
  expect(Object.keys(testing).sort()).toEqual([
    'ConnectionEndedError', 'HandshakeFailedError', 'MemorySocket', 'TestClient', 'TimeoutError', 'UpgradeRefusedError', 'VirtualClock',
    'certificate', 'connect', 'inSegments', 'inject', 'injectSocket', 'oneBytePerSegment', 'openWebSocket', 'reset', 'resetSocket',
    'serializeHandshakeRequest', 'settle', 'slowReader', 'testAdapter', 'tinyFragments', 'transportPair', 'virtualClock',
  ])
})
