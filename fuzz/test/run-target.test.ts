// That a failing input is found, made small, told with its seed, kept and replayed; and that the time limit is one.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { keepRegression, readRegressions } from '../src/regressions.js'
import { runTarget } from '../src/run-target.js'
import type { FuzzTarget } from '../src/target.js'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-fuzz-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function targetThatFailsFrom(limit: number): FuzzTarget {
  return {
    name: 'numbers',
    testRuns: 1,
    inputs: fc.nat(1_000_000),
    check(input: number) { if (input >= limit) throw new Error(`${input} is too much`) },
  } satisfies FuzzTarget<number>
}

test('the same seed finds the same failure, made small', async () => {
  const target = targetThatFailsFrom(1_000)
  const { failure } = await runTarget(target, { seed: 1, runs: 1_000 })
  expect(failure).toMatchObject({ target: 'numbers', seed: 1, input: 1_000 })
  expect(await runTarget(target, { seed: 1, runs: 1_000 })).toMatchObject({ failure: { input: 1_000 } })
})

test('it is kept once, and read again', async () => {
  const { failure } = await runTarget(targetThatFailsFrom(7), { seed: 2, runs: 1_000 })
  const file = keepRegression(failure!, folder)
  expect(keepRegression(failure!, folder)).toBe(file)
  expect(readFileSync(file, 'utf8')).toContain('seed 2: 7 is too much')
  expect(readRegressions('numbers', folder)).toMatchObject([{ note: 'seed 2: 7 is too much', input: 7 }])
  expect(readRegressions('unknown', folder)).toEqual([])
})

test('the time limit ends a run that finds nothing', async () => {
  const started = performance.now()
  const { failure, runs } = await runTarget(targetThatFailsFrom(Infinity), { seed: 3, time: 100 })
  expect(failure).toBeUndefined()
  expect(runs).toBeGreaterThan(0)
  expect(performance.now() - started).toBeLessThan(5_000)
})

test('a time that is over before anything has run finds nothing', async () => {
  let running = 0
  const check = async (): Promise<void> => {
    running++
    await new Promise((resolve) => { setTimeout(resolve, 200) })
    running--
  }
  expect(await runTarget({ ...targetThatFailsFrom(0), check }, { seed: 3, time: 1 })).toEqual({ runs: 0, failure: undefined })
  expect(running, 'what was interrupted has come to its end').toBe(0)
})

test('kept inputs come first', async () => {
  const { failure, runs } = await runTarget(targetThatFailsFrom(900_000), { seed: 1, runs: 1, first: [900_001] })
  expect(runs).toBe(1)
  expect(failure?.error.message).toContain('is too much')
})
