// However many connections were opened together, no tick pings more than 1/20 of all.
import { describe, expect, test } from 'vitest'
import { PingBudget } from '../../src/connection/ping-budget.js'
import { TICK_MS, TimingWheel } from '../../src/connection/timing-wheel.js'
import { Watchdog, type WatchdogOwner } from '../../src/connection/watchdog.js'
import type { Runtime } from '../../src/runtime.js'
import { testClock } from '../support/virtual-clock.js'

function crowd(count: number, heartbeat = { interval: 25_000, timeout: 20_000 }) {
  const clock = testClock()
  const wheel = new TimingWheel(clock)
  const runtime = { clock, wheel, pingBudget: new PingBudget() } as unknown as Runtime
  const pingedAt: number[] = []
  const pinged = new Set<number>()
  const dead: Watchdog[] = []
  const dogs: Watchdog[] = []
  for (let i = 0; i < count; i++) {
    const owner: WatchdogOwner = {
      runtime,
      isReading: true,
      heartbeat,
      sendHeartbeat: () => {
        pingedAt.push(clock.now())
        pinged.add(i)
        dogs[i]!.lastReceivedAt = clock.now() // the Pong
      },
      onSilent: () => { dead.push(dogs[i]!) },
      onCloseDeadline: () => {},
    }
    dogs.push(new Watchdog(owner))
  }
  return { clock, wheel, pingedAt, pinged, dead, dogs }
}

function busiest(pingedAt: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const at of pingedAt) counts.set(at, (counts.get(at) ?? 0) + 1)
  return Math.max(...counts.values())
}

describe.each([[1_000, 50], [10_000, 500], [30, 1], [20, 1], [5, 1]])('%s connections opened together', (count, most) => {
  test(`at most ${most} Pings in one tick, and everybody gets one`, () => {
    const { clock, pingedAt, dead } = crowd(count)
    clock.advance(25_000 + 25 * TICK_MS)
    expect(pingedAt.length).toBe(count)
    expect(busiest(pingedAt)).toBeLessThanOrEqual(most)
    clock.advance(120_000)
    expect(dead).toEqual([])
    expect(pingedAt.length).toBeGreaterThanOrEqual(count * 4)
    expect(busiest(pingedAt)).toBeLessThanOrEqual(most)
  })
})

test('after a long sleep of the process the Pings are spread again', () => {
  const { clock, pingedAt, dead } = crowd(1_000)
  clock.jump(3_600_000)
  expect(pingedAt.length).toBeLessThanOrEqual(50)
  clock.advance(60_000)
  expect(busiest(pingedAt)).toBeLessThanOrEqual(50)
  expect(dead).toEqual([])
})

test('stopped watchdogs leave nothing behind', () => {
  const { clock, wheel, dogs } = crowd(100)
  for (const dog of dogs) dog.stop()
  expect(wheel.size).toBe(0)
  expect(clock.pending).toBe(0)
})

test.each([[16, 500], [40, 1_000], [100, 1_000], [3, 200], [1_000, 3_000]])('%s connections with an interval of %s ms: everybody is pinged in time', (count, interval) => {
  const { clock, pinged, pingedAt, dead } = crowd(count, { interval, timeout: 20_000 })
  clock.advance(2 * interval + 10 * TICK_MS)
  expect(pinged.size).toBe(count)
  clock.advance(10 * interval)
  expect(pingedAt.length).toBeGreaterThanOrEqual(count * 6)
  expect(dead).toEqual([])
})
