// The table behind a run.
import { expect, test } from 'vitest'
import { renderTable } from '../src/report.js'

test('a line for each target, and the sum', () => {
  const failure = { target: 'b', seed: 1, input: 1, error: new Error('wrong\n  more') }
  expect(renderTable([
    { target: 'a', runs: 10, seconds: 2, failure: undefined },
    { target: 'b', runs: 3, seconds: 1, failure },
  ])).toBe([
    'target            runs  seconds  result',
    'a                   10        2  nothing found',
    'b                    3        1  FAILED: wrong',
    '1 passed, 1 failed',
  ].join('\n'))
})
