import { join } from 'node:path'
import { expect, test } from 'vitest'
import { count, sum, summaryLine } from '../lib/suite.mjs'
import { root } from '../lib/workspace.mjs'

const file = (status: string, ...states: string[]) => ({
  name: join(root, 'packages/core/test/a.test.ts'),
  status,
  assertionResults: states.map((state, index) => ({ status: state, fullName: `test ${index}` })),
})

test('tests are counted by their state, and skipped ones are named', () => {
  const result = count({ testResults: [file('passed', 'passed', 'skipped'), file('failed', 'failed', 'passed')] }, 1)
  expect(result).toEqual({ passed: 2, failed: 1, skipped: 1, skippedNames: ['packages/core/test/a.test.ts: test 1'] })
})

test('a file that does not load is a failure', () => {
  expect(count({ testResults: [file('failed'), file('passed', 'passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 })
})

test('an error outside of any test, or no report at all, is a failure', () => {
  expect(count({ testResults: [file('passed', 'passed')] }, 1)).toMatchObject({ passed: 1, failed: 1 })
  expect(count({ testResults: [] }, null)).toMatchObject({ passed: 0, failed: 1 })
})

test('the summary sums and names skipped tests only when there are some', () => {
  const one = { passed: 2, failed: 0, skipped: 0, skippedNames: [] }
  expect(summaryLine(sum([one, one]))).toBe('4 passed, 0 failed')
  expect(summaryLine(sum([one, { ...one, skipped: 1 }]))).toBe('4 passed, 0 failed, 1 skipped')
})
