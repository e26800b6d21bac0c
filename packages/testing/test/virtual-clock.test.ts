// Virtual time: order, precision, and what runs between two timers.
import { Runtime, WebSocketEndpoint } from '@tocsin/core'
import { describe, expect, test } from 'vitest'
import { inject, settle, virtualClock } from '@tocsin/testing'

describe('VirtualClock', () => {
  test('stands still until it is moved', () => {
    const clock = virtualClock({ now: 500, timeOrigin: 1_000 })
    expect([clock.now(), clock.timeOrigin]).toEqual([500, 1_000])
    clock.advance(250)
    expect(clock.now()).toBe(750)
  })

  test('runs timers in order of time, then in the order in which they were set, each at its own time', () => {
    const clock = virtualClock()
    const log: [string, number][] = []
    for (const [name, delay] of [['c', 30], ['a', 10], ['b', 20], ['b2', 20], ['later', 41]] as const) {
      clock.setTimeout(() => log.push([name, clock.now()]), delay)
    }
    clock.advance(40)
    expect(log).toEqual([['a', 10], ['b', 20], ['b2', 20], ['c', 30]])
    expect([clock.now(), clock.pending]).toEqual([40, 1])
  })

  test('runs timers that timers set, if they fall due', () => {
    const clock = virtualClock()
    const times: number[] = []
    const tick = (): void => {
      times.push(clock.now())
      clock.setTimeout(tick, 100)
    }
    clock.setTimeout(tick, 100)
    clock.advance(350)
    expect(times).toEqual([100, 200, 300])
  })

  test('a timer of 0 ms that sets itself again does not stop the time', () => {
    const clock = virtualClock()
    let count = 0
    const again = (): void => { count++; clock.setTimeout(again, 0) }
    clock.setTimeout(again, -5)
    clock.advance(10)
    expect(count).toBe(10)
  })

  test('a cancelled timer does not run, also when it is cancelled by one of the same time', () => {
    const clock = virtualClock()
    let hasRun = false
    clock.setTimeout(() => clock.clearTimeout(second), 10)
    const second = clock.setTimeout(() => { hasRun = true }, 10)
    clock.clearTimeout(undefined)
    clock.advance(20)
    expect(hasRun).toBe(false)
  })

  test('what a callback throws comes out, the time stands there, and the rest can still run', () => {
    const clock = virtualClock()
    let hasRun = false
    clock.setTimeout(() => { throw new Error('from the timer') }, 10)
    clock.setTimeout(() => { hasRun = true }, 20)
    expect(() => clock.advance(100)).toThrow('from the timer')
    expect([clock.now(), hasRun]).toEqual([10, false])
    clock.advance(90)
    expect([clock.now(), hasRun]).toEqual([100, true])
  })

  test('jump: timers run late, at the new time', () => {
    const clock = virtualClock()
    const times: number[] = []
    clock.setTimeout(() => times.push(clock.now()), 10)
    clock.jump(60_000)
    expect(times).toEqual([60_000])
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to move by %s', (ms) => {
    expect(() => virtualClock().advance(ms)).toThrow(RangeError)
  })

  test('advanceAsync: promises and immediates get their turn between two timers', async () => {
    const clock = virtualClock()
    const log: string[] = []
    clock.setTimeout(() => {
      void Promise.resolve().then(() => settle(2)).then(() => {
        log.push('after the first')
        clock.setTimeout(() => log.push('set by a promise'), 5)
      })
    }, 10)
    clock.setTimeout(() => log.push('the second'), 20)
    await clock.advanceAsync(30)
    expect(log).toEqual(['after the first', 'set by a promise', 'the second'])
  })

  test('A23 a whole heartbeat, in no time: Ping after 25 s of silence, dead 20 s later', async () => {
    const clock = virtualClock()
    const endpoint = new WebSocketEndpoint({ runtime: new Runtime({ clock }), pushOnly: true })
    const client = await inject(endpoint, { answersPings: false })
    await clock.advanceAsync(26_000)
    expect(client.frames.map(({ opcode }) => opcode)).toEqual([9])
    await clock.advanceAsync(20_000)
    expect(await client.closed).toMatchObject({ code: 1006 })
    expect(endpoint.connections.size).toBe(0)
    expect(clock.pending).toBe(0)
  })
})
