// Deadlines: within one tick after their time, never before; what is due may change anything.
import { describe, expect, test } from 'vitest'
import { TICK_MS, Timed, TimingWheel } from '../../src/connection/timing-wheel.js'
import { testClock } from '../support/virtual-clock.js'

class Alarm extends Timed {
  readonly rang: number[] = []
  readonly #action: (now: number) => void

  constructor(action: (now: number) => void = () => {}) {
    super()
    this.#action = action
  }

  override onDue(now: number): void {
    this.rang.push(now)
    this.#action(now)
  }
}

function setup(offset = 0) {
  const clock = testClock()
  clock.advance(offset)
  return { clock, wheel: new TimingWheel(clock), start: clock.now() }
}

describe('precision', () => {
  test.each([0, 1, 17.25, 50, 99, 99.9])('never before its time, at most one tick after it (phase %s)', (phase) => {
    for (const delay of [0, 1, 49, 50, 100, 101, 149, 1_000, 25_000, 51_150, 51_200, 51_250, 60_000, 200_000]) {
      const { clock, wheel, start } = setup(phase)
      const alarm = new Alarm()
      wheel.schedule(alarm, delay)
      clock.advance(delay + 2 * TICK_MS)
      expect(alarm.rang.length, `delay ${delay}`).toBe(1)
      const late = alarm.rang[0]! - start - delay
      expect(late, `delay ${delay}`).toBeGreaterThanOrEqual(0)
      expect(late, `delay ${delay}`).toBeLessThanOrEqual(TICK_MS)
    }
  })

  test('another deadline that runs already does not disturb it', () => {
    const { clock, wheel, start } = setup(30)
    wheel.schedule(new Alarm(), 500_000)
    for (const pause of [3, 71, 99, 101, 250]) {
      clock.advance(pause)
      const begin = clock.now()
      const alarm = new Alarm()
      wheel.schedule(alarm, 250)
      clock.advance(250 + TICK_MS)
      expect(alarm.rang.length).toBe(1)
      expect(alarm.rang[0]! - begin).toBeGreaterThanOrEqual(250)
    }
    expect(start).toBeGreaterThan(0)
  })

  test('a tick that comes too early does no harm', () => {
    const { clock, wheel } = setup()
    const alarm = new Alarm()
    wheel.schedule(alarm, 100)
    clock.advance(99)
    expect(alarm.rang).toEqual([])
    clock.advance(1)
    expect(alarm.rang.length).toBe(1)
  })
})

describe('a deadline', () => {
  test('runs once', () => {
    const { clock, wheel } = setup()
    const alarm = new Alarm()
    wheel.schedule(alarm, 100)
    clock.advance(120_000)
    expect(alarm.rang.length).toBe(1)
    expect(wheel.size).toBe(0)
  })

  test('scheduled again replaces the one before', () => {
    const { clock, wheel, start } = setup()
    const alarm = new Alarm()
    wheel.schedule(alarm, 100)
    wheel.schedule(alarm, 5_000)
    wheel.schedule(alarm, 1_000)
    expect(wheel.size).toBe(1)
    clock.advance(10_000)
    expect(alarm.rang.map((now) => now - start)).toEqual([1_000])
  })

  test('may schedule itself again when it is due, and is reached in a later tick', () => {
    const { clock, wheel, start } = setup()
    const alarm: Alarm = new Alarm(() => { if (alarm.rang.length < 4) wheel.schedule(alarm, [0, 0, 1_000][alarm.rang.length - 1]!) })
    wheel.schedule(alarm, 100)
    clock.advance(10_000)
    expect(alarm.rang.map((now) => now - start)).toEqual([100, 200, 300, 1_300])
    expect(wheel.size).toBe(0)
  })

  test('may cancel or move its neighbours of the same tick', () => {
    const { clock, wheel, start } = setup()
    const alarms: Alarm[] = []
    for (let i = 0; i < 6; i++) {
      alarms.push(new Alarm(() => {
        for (const other of alarms) if (other !== alarms[i] && other.rang.length === 0) {
          if (alarms.indexOf(other) % 2 === 0) wheel.cancel(other)
          else wheel.schedule(other, 500)
        }
      }))
      wheel.schedule(alarms[i]!, 100)
    }
    clock.advance(100)
    expect(alarms.flatMap(({ rang }) => rang).length).toBe(1)
    clock.advance(10_000)
    const late = alarms.flatMap(({ rang }) => rang).filter((now) => now - start > 100)
    expect(late.length).toBeGreaterThan(0)
    expect(wheel.size).toBe(0)
    expect(clock.pending).toBe(0)
  })

  test('cancelled twice, or never scheduled, is no matter', () => {
    const { wheel, clock } = setup()
    const alarm = new Alarm()
    wheel.cancel(alarm)
    wheel.schedule(alarm, 100)
    wheel.cancel(alarm)
    wheel.cancel(alarm)
    expect(wheel.size).toBe(0)
    clock.advance(1_000)
    expect(alarm.rang).toEqual([])
  })

  test('that never comes (Infinity) costs no more than its place', () => {
    const { wheel, clock } = setup()
    const never = new Alarm()
    const soon = new Alarm()
    wheel.schedule(never, Infinity)
    wheel.schedule(soon, 100)
    clock.advance(200_000)
    expect([never.rang.length, soon.rang.length]).toEqual([0, 1])
    wheel.cancel(never)
    expect(wheel.size).toBe(0)
  })

  test('that throws takes no other with it', () => {
    const { wheel, clock } = setup()
    const others = [new Alarm(), new Alarm(), new Alarm()]
    wheel.schedule(others[0]!, 100)
    wheel.schedule(new Alarm(() => { throw new Error('mine') }), 100)
    wheel.schedule(others[1]!, 100)
    wheel.schedule(others[2]!, 5_000)
    expect(() => clock.advance(100)).toThrow('mine')
    clock.advance(5_200)
    expect(others.map(({ rang }) => rang.length)).toEqual([1, 1, 1])
  })
})

describe('long sleeps', () => {
  test('of more than one turn of the wheel miss nothing, each once, and say how late they are', () => {
    const { clock, wheel } = setup()
    const alarms = Array.from({ length: 1_500 }, () => new Alarm())
    alarms.forEach((alarm, i) => { wheel.schedule(alarm, i * TICK_MS) })
    clock.jump(120_000)
    expect(wheel.lateness).toBeGreaterThan(119_000)
    expect(alarms.map(({ rang }) => rang.length)).toEqual(alarms.map((_, i) => (i <= 1_200 ? 1 : 0)))
    clock.advance(60_000)
    expect(wheel.lateness).toBeLessThanOrEqual(1)
    expect(alarms.every(({ rang }) => rang.length === 1)).toBe(true)
    expect(wheel.size).toBe(0)
  })

  test('without a deadline cost nothing: no timer runs', () => {
    const { clock, wheel } = setup()
    expect(clock.pending).toBe(0)
    const alarm = new Alarm()
    wheel.schedule(alarm, 100)
    expect(clock.pending).toBe(1)
    clock.advance(200)
    expect(clock.pending).toBe(0)
    clock.jump(10_000_000)
    const begin = clock.now()
    wheel.schedule(alarm, 1_000)
    clock.advance(2_000)
    expect(alarm.rang[1]! - begin).toBeLessThanOrEqual(1_000 + TICK_MS)
    expect(wheel.lateness).toBeLessThanOrEqual(1)
  })
})

test('any mixture of deadlines is kept to', () => {
  const { clock, wheel } = setup(37)
  const due = new Map<Alarm, number>()
  const faults: string[] = []
  let seed = 7
  const random = (below: number): number => (seed = (seed * 48_271) % 0x7fff_ffff) % below
  const make = (): Alarm => {
    const alarm: Alarm = new Alarm((now) => {
      const late = now - due.get(alarm)!
      if (!(late >= 0 && late <= TICK_MS)) faults.push(`${late} ms late`)
      due.delete(alarm)
    })
    return alarm
  }
  const alarms = Array.from({ length: 300 }, make)
  for (let round = 0; round < 5_000; round++) {
    const alarm = alarms[random(alarms.length)]!
    if (random(5) === 0) {
      wheel.cancel(alarm)
      due.delete(alarm)
    } else {
      const delay = random(70_000)
      due.set(alarm, clock.now() + delay)
      wheel.schedule(alarm, delay)
    }
    clock.advance(random(120))
    if (wheel.size !== due.size) faults.push(`size ${wheel.size}, not ${due.size}`)
  }
  clock.advance(71_000)
  expect(faults).toEqual([])
  expect([due.size, wheel.size, clock.pending]).toEqual([0, 0, 0])
})
