// Errors nobody listens for go to stderr with their stacks, at most ten a second.
import { expect, test } from 'vitest'
import { ErrorLog } from '../../src/endpoint/error-log.js'
import { testClock } from '../support/virtual-clock.js'

test('ten a second, then a count of what was left out', () => {
  const clock = testClock()
  const printed: [string, unknown][] = []
  const log = new ErrorLog(clock, (text, error) => { printed.push([text, error]) })
  const error = new Error('mine')
  for (let i = 0; i < 25; i++) log.report(`where ${i}`, error)
  expect(printed.length).toBe(10)
  expect(printed[0]).toEqual(['where 0', error])
  clock.advance(999)
  log.report('still', error)
  expect(printed.length).toBe(10)
  clock.advance(1)
  log.report('next', error)
  expect(printed.slice(10)).toEqual([['Tocsin: 16 more errors were not printed', undefined], ['next', error]])
  clock.advance(1_000)
  log.report('later', error)
  expect(printed.slice(12)).toEqual([['later', error]])
})
