// What went over a connection is counted twice, for itself and for its endpoint; bytes that are no frames are not.
import { expect, test } from 'vitest'
import { Traffic } from '../../src/connection/traffic.js'
import { EndpointCounters } from '../../src/endpoint/stats.js'
import { Runtime } from '../../src/runtime.js'
import { testClock } from '../support/virtual-clock.js'

const clock = testClock()
const host = () => ({ runtime: new Runtime({ clock }), counters: new EndpointCounters() })

class Counted extends Traffic<ReturnType<typeof host>> {
  override expectUncounted(bytes: number): void { super.expectUncounted(bytes) }
  override countReceived(bytes: number): void { super.countReceived(bytes) }
  override countUnsent(bytes: number): void { super.countUnsent(bytes) }
}

test('of the connection, and of all of its endpoint', () => {
  const shared = host()
  const [first, second] = [new Counted(shared), new Counted(shared)]
  for (const each of [first, second]) {
    each.countReceived(5)
    each.onSent(7)
    each.countDropped(11)
  }
  expect(first).toMatchObject({ bytesReceived: 5, bytesSent: 7, bytesDropped: 11 })
  expect(shared.counters).toMatchObject({ bytesReceived: 10, bytesSent: 14, bytesDropped: 22 })
})

test('the HTTP response is neither sent nor dropped, and what comes behind it is', () => {
  const [sent, dropped] = [new Counted(host()), new Counted(host())]
  for (const each of [sent, dropped]) each.expectUncounted(100)
  sent.onSent(100)
  expect([sent.bytesSent, sent.lastSentAt]).toEqual([0, 0])
  clock.advance(1_000)
  sent.onSent(3)
  expect([sent.bytesSent, sent.lastSentAt - sent.connectedAt]).toEqual([3, 1_000])
  dropped.countUnsent(104)
  dropped.countUnsent(2)
  expect(dropped.bytesDropped).toBe(6)
})
