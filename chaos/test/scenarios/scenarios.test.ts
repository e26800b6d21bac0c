// The scenarios in small.
import { expect, test } from 'vitest'
import { slowReceivers } from '../../src/scenarios/slow-receivers.js'
import { stalledPeer } from '../../src/scenarios/stalled-peer.js'

const MIB = 1024 * 1024

test('1 MiB to 40 receivers, of whom 4 never read', { timeout: 300_000 }, async () => {
  const { checks } = await slowReceivers({ receivers: 40, stalled: 4, size: MIB, maxBufferedAmount: 2 * MIB })
  expect(checks.filter(({ isMet }) => !isMet)).toEqual([])
})

test('one stalled peer among 20', { timeout: 300_000 }, async () => {
  const { checks } = await stalledPeer({ busy: 20, size: 8000, maxBufferedAmount: MIB })
  expect(checks.filter(({ isMet }) => !isMet)).toEqual([])
})
