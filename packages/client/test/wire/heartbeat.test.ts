import { virtualClock } from '@tocsin/testing'
import { expect, it } from 'vitest'
import { Heartbeat } from '../../src/wire/heartbeat.js'

function heartbeat() {
  const clock = virtualClock()
  const seen: string[] = []
  const beat = new Heartbeat({ clock, isReading: true, sendPing: () => seen.push(`ping ${clock.now()}`), onDead: () => seen.push(`dead ${clock.now()}`) }, { interval: 100_000, timeout: 20_000 })
  beat.start()
  return { clock, seen, beat }
}

it('pings, and is dead without a byte', () => {
  const { clock, seen, beat } = heartbeat()
  clock.advance(100_000)
  beat.onBytes()
  clock.advance(100_000)
  clock.advance(20_000)
  expect(seen).toEqual(['ping 100000', 'ping 200000', 'dead 220000'])
  expect(clock.pending).toBe(0)
})

it('a process that was away judges nobody before it has read', () => {
  const { clock, seen, beat } = heartbeat()
  clock.advance(100_000)
  clock.jump(60_000)
  expect(seen).toEqual(['ping 100000'])
  beat.onBytes()
  clock.advance(20_000)
  expect(seen).toEqual(['ping 100000'])
})

it('stops', () => {
  const { clock, seen, beat } = heartbeat()
  clock.advance(100_000)
  beat.stop()
  clock.advance(1_000_000)
  expect(seen).toEqual(['ping 100000'])
})
