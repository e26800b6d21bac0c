// Peers that never read, over TCP, and what they cost: as much as was allowed, and nothing that belongs to others.
import { expect, test } from 'vitest'
import { WAITING_OVERHEAD } from '../../src/connection/send-limits.js'
import { run } from './run.js'

const MIB = 1_024 * 1_024
const SLAB = 64 * 1_024

interface Report {
  readonly most: number
  readonly stats: Readonly<Record<string, number>>
}

async function reportOf<Kind extends Report>(...args: string[]): Promise<Kind> {
  const { code, output, errors } = await run('slow-peers.mjs', ...args)
  expect([errors, code]).toEqual(['', 0])
  return JSON.parse(output) as Kind
}

test('ten broadcasts of 1 MiB to 200 receivers, of which 20 never read', { timeout: 60_000 }, async () => {
  const report = await reportOf<Report & { accepted: number[]; mostBuffered: number; received: number }>('broadcast', '180', '20')
  expect(report.accepted).toEqual(Array(10).fill(200))
  expect(report.received, 'each of the 180 got everything').toBe(10 * (MIB + 10))
  expect(report.mostBuffered).toBeLessThanOrEqual(2.5 * MIB)
  expect(report.most, 'what waits is one Buffer for all').toBeLessThan(4 * MIB)
  expect(report.stats).toMatchObject({ connections: 200, slowConsumersClosed: 0, sendsRefused: 0 })
  expect(report.stats['messagesDropped']).toBeGreaterThanOrEqual(20)
})

test('one stalled peer among busy ones makes ArrayBuffers grow by its limit and a slab at most', { timeout: 60_000 }, async () => {
  const report = await reportOf<Report & { bufferedAmount: number; bufferedMessages: number }>('unicast', '8', '1')
  const cost = report.bufferedAmount + report.bufferedMessages * WAITING_OVERHEAD
  expect(cost).toBeGreaterThan(0.9 * MIB)
  expect(cost).toBeLessThanOrEqual(MIB)
  expect(report.most).toBeLessThanOrEqual(MIB + SLAB)
})
