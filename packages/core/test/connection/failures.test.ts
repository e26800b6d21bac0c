// In which words a connection is given up.
import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { cutAtDeadline, cutForSilence, failForLimit, failForRule } from '../../src/connection/failures.js'
import type { CloseEvent } from '../../src/connection/life.js'
import { ProtocolError } from '../../src/protocol/index.js'
import { type Bench, bench } from '../support/bench.js'
import { turns } from '../support/wait.js'

async function endOf(fail: (wire: Bench['wire']) => void): Promise<CloseEvent> {
  const b = bench().start()
  fail(b.wire)
  b.stream.receiveEnd()
  await turns()
  expect(b.closed).toHaveLength(1)
  return b.closed[0]!
}

test.each(['short', 'x'.repeat(120), `${'x'.repeat(100)} §5.5 ${'y'.repeat(100)}`])('a broken rule: its code, and as much of its text as a Close may carry (%#)', async (message) => {
  const event = await endOf((wire) => { failForRule(wire, new ProtocolError({ code: 'WS_ERR_TEST', message, closeCode: 1002, section: '5.5' })) })
  expect(event).toMatchObject({ code: 1002, error: { message } })
  expect(Buffer.byteLength(event.reason)).toBeLessThanOrEqual(123)
  expect(event.reason.startsWith(message.slice(0, 100))).toBe(true)
})

test('a limit: 1008, and its name in an error code', async () => {
  const event = await endOf((wire) => { failForLimit(wire, 'rateLimit') })
  expect(event).toMatchObject({ code: 1008, error: { code: 'WS_ERR_RATE_LIMIT', message: event.reason } })
})

test.each([['silence', cutForSilence, 'WS_ERR_HEARTBEAT'], ['the deadline of closing', cutAtDeadline, 'WS_ERR_CLOSE_TIMEOUT']] as const)('%s: TCP is cut, 1006', async (_why, cut, code) => {
  expect(await endOf((wire) => { cut(wire) })).toMatchObject({ code: 1006, error: { code } })
})
