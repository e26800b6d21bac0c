import { expect, test } from 'vitest'
import { fitLine, studentT95 } from '../../src/soak/regression.js'

/** Fixed noise between -1 and 1, without a trend. */
const noise = (i: number): number => Math.sin(i * 12.9898) * 0.5 + Math.sin(i * 78.233) * 0.5
const xs = Array.from({ length: 100 }, (_, i) => i)

test('a line is found exactly', () => {
  const line = fitLine(xs, xs.map((x) => 5 + 3 * x))
  expect(line.slope).toBeCloseTo(3)
  expect(line.intercept).toBeCloseTo(5)
  expect(line.high - line.low).toBeLessThan(1e-9)
})

test('a slope within noise has bounds around it, and no slope has bounds around nothing', () => {
  const rising = fitLine(xs, xs.map((x) => 0.1 * x + noise(x)))
  expect(rising.low).toBeGreaterThan(0)
  expect(rising.low).toBeLessThan(0.1)
  expect(rising.high).toBeGreaterThan(0.1)
  const flat = fitLine(xs, xs.map(noise))
  expect(flat.low).toBeLessThan(0)
  expect(flat.high).toBeGreaterThan(0)
})

test('neighbours that are alike make it less sure', () => {
  const alike = xs.map((x) => noise(Math.floor(x / 10)))
  const apart = fitLine(xs, xs.map(noise))
  const together = fitLine(xs, alike)
  expect(together.high - together.low).toBeGreaterThan(1.5 * (apart.high - apart.low))
})

test('three points say nothing', () => {
  expect(fitLine([1, 2, 3], [1, 2, 3])).toMatchObject({ low: -Infinity, high: Infinity })
})

test('quantiles as in the tables', () => {
  expect(studentT95(3)).toBeCloseTo(3.182, 1)
  expect(studentT95(10)).toBeCloseTo(2.228, 2)
  expect(studentT95(100)).toBeCloseTo(1.984, 2)
})
