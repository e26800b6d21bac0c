// That what is committed is about these cases, and that the page is what the baseline says.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { OTHERS, TOCSIN, themesOf } from '../src/columns.js'
import { parseBaseline, serializeBaseline } from '../src/report/baseline.js'
import { renderMarkdown } from '../src/report/markdown.js'
import { noteFor } from '../src/report/notes.js'
import { sectionOf } from '../src/report/table.js'
import { THEMES } from '../src/themes.js'
import { readBaseline } from './support/column.js'

const text = readBaseline()
const baseline = parseBaseline(text)

test('baseline.tsv has a line for each case, in order', () => {
  const cases = THEMES.flatMap(({ name: theme, rfc, cases: own }) =>
    own.map(({ name, section }) => `${sectionOf(section, rfc)}\t${theme}\t${name}`))
  expect(baseline.rows.map(({ section, theme, name }) => `${section}\t${theme}\t${name}`)).toEqual(cases)
  expect(baseline.columns).toEqual([...TOCSIN, ...OTHERS].map(({ name }) => name))
  expect(serializeBaseline(baseline)).toBe(text)
})

test('docs/conformance.md is what `npm run conformance -- --write` makes of it', () => {
  expect(readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8')).toBe(renderMarkdown(baseline))
})

test('a column has a verdict exactly where it has a case', () => {
  for (const [index, column] of [...TOCSIN, ...OTHERS].entries()) {
    const run = new Set(themesOf(column, THEMES).flatMap(({ name: theme, cases }) => cases.map(({ name }) => `${theme}\t${name}`)))
    expect(baseline.rows.filter(({ theme, name, verdicts }) => (verdicts[index] !== '-') !== run.has(`${theme}\t${name}`))).toEqual([])
  }
})

test('Tocsin passes everything', () => {
  const own = TOCSIN.map((_, index) => index)
  expect(baseline.rows.filter(({ verdicts }) => own.some((index) => verdicts[index] === 'FAIL'))).toEqual([])
})

test('each failure of another server has been looked into', () => {
  const others = OTHERS.map((_, index) => TOCSIN.length + index)
  const failed = baseline.rows.filter(({ verdicts }) => others.some((index) => verdicts[index] === 'FAIL'))
  expect(failed.filter((row) => noteFor(row) === undefined)).toEqual([])
})

test.each(THEMES)('$name: no two cases share a name, and none has a tab', ({ cases }) => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
  expect(cases.filter(({ name, section }) => /[\t\n]/.test(name) || !/^((6455|7692) §)?\d+(\.\d+)*$/.test(section))).toEqual([])
})
