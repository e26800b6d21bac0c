import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../lib/workspace.mjs'
import { faultsOf, renderPage, titlesIn } from '../security/page.mjs'

test('every test that docs/security.md names is there, and so is every test that was owed', () => {
  expect(faultsOf(root)).toEqual([])
})

test('docs/security.md is current (npm run security-page -- --write)', () => {
  expect(readFileSync(join(root, 'docs/security.md'), 'utf8')).toBe(renderPage())
})

test('titles are found wherever they stand', () => {
  const source = `
    test('plain', () => {})
    describe.each([1, 2])('each %s', () => {})
    it("it's", async () => {})
    test.each([
      ['a value', 1],
    ])('with \\'quotes\\'', () => {})
    const row = { title: \`of \${how}\`, run() {} }`
  expect([...titlesIn(source)]).toEqual(['plain', 'each %s', "it's", "with 'quotes'", 'of ${how}'])
})

describe('it is noticed', () => {
  const row = { fault: 'a flaw', required: 'none', tests: [{ file: 'scripts/test/suite.test.ts', titles: ['a file that does not load is a failure'] }] }
  const faults = (changed: object): string[] => faultsOf(root, [{ title: 'One', rows: [{ ...row, ...changed }] }])

  test('a row that is in order is not', () => {
    expect(faults({})).toEqual([])
  })

  test.each<[string, object, RegExp]>([
    ['that a test has gone', { tests: [{ file: 'scripts/test/suite.test.ts', titles: ['gone'] }] }, /has no test called "gone"/],
    ['that a file has gone', { tests: [{ file: 'scripts/test/gone.test.ts', titles: [] }] }, /is not there/],
    ['that a test of every adapter has gone', { everyAdapter: [{ file: 'scripts/test/suite.test.ts', titles: ['gone'] }] }, /has no test called "gone"/],
    ['that a bad client has gone', { chaos: ['gone'] }, /no bad client gone/],
    ['that a row has no test', { tests: [] }, /a flaw: no test/],
    ['that what was owed is there', { owed: [{ what: 'a test', until: 'scripts/test/suite.test.ts' }] }, /was owed, and .* is there now/],
  ])('%s', (_what, changed, message) => {
    expect(faults(changed)).toEqual([expect.stringMatching(message)])
  })
})
