// Every target: what was found before, then a short run with a seed that stays.
import { describe, expect, test } from 'vitest'
import { readRegressions } from '../src/regressions.js'
import { runTarget } from '../src/run-target.js'
import { TARGETS } from '../src/targets.js'

const SEED = 6455

describe.each(TARGETS)('$name', (target) => {
  test.each(readRegressions(target.name))('$file: $note', async ({ input }) => {
    await target.check(input)
  })

  test('a short run finds nothing', { timeout: 60_000 }, async () => {
    const { failure, runs } = await runTarget(target, { seed: SEED, runs: target.testRuns })
    expect(failure, `${failure?.error.stack}\n${JSON.stringify(failure?.input)}`).toBeUndefined()
    expect(runs).toBe(target.testRuns)
  })
})
