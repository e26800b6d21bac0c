import { expect, test } from 'vitest'
import type { Rest } from '../../src/run.js'
import { judgeLeak } from '../../src/soak/leak.js'
import { explainLeak } from '../../src/soak/words.js'

const MIB = 2 ** 20
const rest = (time: number, held: number): Rest => ({ time, held })
/** Half an hour, a rest every ten seconds. */
const times = Array.from({ length: 180 }, (_, i) => i * 10)
const noise = (time: number): number => (Math.sin(time * 12.9) + Math.sin(time * 7.1)) * 100_000

test('a heap that stays where it is does not leak, whatever it did at first', () => {
  const verdict = judgeLeak(times.map((time) => rest(time, 20 * MIB + noise(time) + (time < 200 ? time * 1e5 : 2e7))), 18_000)
  expect(verdict.verdict).toBe('no leak')
  expect(explainLeak(verdict)).toMatch(/^no leak: .* in 144 rests/)
})

test('100 bytes for each of ten connections a second do leak', () => {
  const verdict = judgeLeak(times.map((time) => rest(time, 20 * MIB + noise(time) + time * 1000)), 17_900)
  expect(verdict.verdict).toBe('leak')
  expect(explainLeak(verdict)).toMatch(/ (9|10)\d\.\d\d bytes for each of 10 connections a second/)
})

test('a minute is too short to tell', () => {
  expect(judgeLeak(times.slice(0, 6).map((time) => rest(time, 20 * MIB + noise(time))), 600).verdict).toBe('undecided')
})
