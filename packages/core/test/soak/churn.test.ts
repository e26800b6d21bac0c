// 20,000 connects and disconnects, a third of them by reset in the middle of an asynchronous hook: no crash, no handle left,
// and over the last three of five rounds the heap after forced collection grows by less than 100 B per cycle.
import { expect, test } from 'vitest'
import { run } from './run.js'

const CYCLES = 4_000

interface Report {
  readonly heaps: readonly { readonly heapUsed: number; readonly arrayBuffers: number }[]
  readonly kinds: { readonly open: number; readonly byServer: number; readonly refused: number; readonly error: number }
  readonly deadlines: number
  readonly resources: readonly string[]
  readonly stats: Readonly<Record<string, number>>
}

test('20,000 connects and disconnects leave nothing behind', { timeout: 120_000 }, async () => {
  const { code, output, errors } = await run('churn.mjs', String(CYCLES))
  expect(errors).toBe('')
  expect(code).toBe(0)
  const { heaps, kinds, deadlines, resources, stats } = JSON.parse(output) as Report
  const total = 5 * CYCLES
  expect(stats['accepted']! + stats['refused']!).toBe(total)
  expect(stats).toMatchObject({ connections: 0, pendingHandshakes: 0, topics: 0, closed: stats['accepted'] })
  expect(kinds.refused).toBeGreaterThanOrEqual(5 * Math.floor(CYCLES / 3))
  expect(kinds.error).toBe(0)
  const [, second, , , fifth] = heaps
  const growth = (fifth!.heapUsed - second!.heapUsed) / (3 * CYCLES)
  expect(growth, JSON.stringify(heaps)).toBeLessThan(100)
  expect((fifth!.arrayBuffers - second!.arrayBuffers) / (3 * CYCLES), JSON.stringify(heaps)).toBeLessThan(100)
  expect(deadlines).toBe(0)
  expect(resources).toEqual([])
})
