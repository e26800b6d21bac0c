// Tables: from results to lines, there and back.
import { expect, test } from 'vitest'
import type { Theme } from '../../src/case.js'
import type { ColumnResult } from '../../src/columns.js'
import { parseBaseline, serializeBaseline } from '../../src/report/baseline.js'
import { renderMarkdown } from '../../src/report/markdown.js'
import { countByTheme, onlyColumns, summaryLine, tableOf } from '../../src/report/table.js'
import { renderCases, renderFailures, renderThemes } from '../../src/report/text.js'

const run = (): Promise<void> => Promise.resolve()
const themes: Theme[] = [
  { name: 'One', rfc: 6455, cases: [{ name: 'a|b', section: '5.2', run }, { name: 'longer', section: '5.5.1', run }] },
  { name: 'Two', rfc: 7692, cases: [{ name: 'c', section: '6.1', run }, { name: 'd', section: '6455 §8.1', run }] },
]
const results: ColumnResult[] = [
  {
    column: 'off',
    themes: [{
      name: 'One',
      results: [{ name: 'a|b', section: '5.2', failure: undefined }, { name: 'longer', section: '5.5.1', failure: 'got x' }],
    }],
  },
  {
    column: 'ws',
    themes: themes.map(({ name, cases }) => ({
      name,
      results: cases.map((each) => ({ ...each, failure: each.name === 'd' ? 'got y' : undefined })),
    })),
  },
]
const table = tableOf(themes, results)

test('verdicts by column, with the RFC of each section', () => {
  expect(table.columns).toEqual(['off', 'ws'])
  expect(table.rows.map(({ section, name, verdicts }) => [section, name, ...verdicts])).toEqual([
    ['6455 §5.2', 'a|b', 'pass', 'pass'],
    ['6455 §5.5.1', 'longer', 'FAIL', 'pass'],
    ['7692 §6.1', 'c', '-', 'pass'],
    ['6455 §8.1', 'd', '-', 'FAIL'],
  ])
  expect(countByTheme(table)).toEqual([
    { theme: 'One', cases: 2, counts: [{ passed: 1, run: 2 }, { passed: 2, run: 2 }] },
    { theme: 'Two', cases: 2, counts: [undefined, { passed: 1, run: 2 }] },
  ])
  expect(summaryLine(table)).toBe('4 passed, 2 failed')
  expect(summaryLine(onlyColumns(table, ['off']))).toBe('1 passed, 1 failed')
})

test('the baseline, there and back', () => {
  const text = serializeBaseline(table)
  expect(text.split('\n').slice(0, 2)).toEqual(['section\ttheme\tcase\toff\tws', '6455 §5.2\tOne\ta|b\tpass\tpass'])
  expect(parseBaseline(text)).toEqual(table)
})

test('the terminal', () => {
  expect(renderThemes(table)).toBe('theme  cases  off  ws\nOne    2      1    2\nTwo    2      -    1')
  expect(renderFailures(themes, results)).toBe('FAIL off | One | RFC 6455 §5.5.1 | longer: got x\nFAIL ws | Two | RFC 6455 §8.1 | d: got y')
  expect(renderCases(table)).toContain('6455 §5.5.1  One    longer  FAIL  pass')
})

test('the page', () => {
  const page = renderMarkdown(table)
  expect(page).toContain('| One | 2 | 1 of 2 | all |\n| Two | 2 | - | 1 of 2 |')
  expect(page).toContain('## Where Tocsin fails\n\n- One, RFC 6455 §5.5.1: longer\n')
  expect(page).toContain('### Not looked into')
  expect(page).toContain('- Two, RFC 6455 §8.1: d')
})
