import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BAD_CLIENTS } from '../../src/bad/index.js'
import { writeDocs } from '../../src/report/docs.js'
import { renderPage } from '../../src/report/markdown.js'
import { chartOf } from '../../src/report/plot.js'
import { hasPassed, resultsOf } from '../../src/report/results.js'
import { renderResults, renderSecond } from '../../src/report/text.js'
import type { ScenarioResult } from '../../src/scenarios/stage.js'
import { run, second } from '../support.js'

const scenario: ScenarioResult = {
  name: 'one slow peer', does: 'this and that', figures: { held: '1.0 MiB' }, checks: [{ name: 'memory is bounded', isMet: true, found: '1 MiB' }],
}
const failed: ScenarioResult = { ...scenario, checks: [{ name: 'memory is bounded', isMet: false, found: '9 MiB' }] }

test('the page: machine, figures, every bad client, checks and scenarios', () => {
  const page = renderPage(resultsOf(run, [scenario], false))
  expect(page).toContain(`Node ${process.version}`)
  expect(page).toContain('**Passed.** 1 attacks, 20 messages received, 0 lost, 0 out of order')
  expect(page).toContain('p99 2.0, longest 4.0 ms without bad clients, p50 0.1, p99 12, longest 4.0 ms with them')
  for (const { name } of BAD_CLIENTS) expect(page).toContain(`| \`${name}\` |`)
  expect(page).toContain('close 1002: 1')
  expect(page).toContain('left out: not asked for')
  expect(page).toContain('## One slow peer\n\nDone: this and that.')
})

test('a check that is not met fails the run, wherever it is', () => {
  expect(hasPassed(resultsOf(run, [scenario], false))).toBe(true)
  expect(hasPassed(resultsOf({ ...run, errorCount: 1 }, [scenario], false))).toBe(false)
  const results = resultsOf(run, [failed], false)
  expect(hasPassed(results)).toBe(false)
  expect(renderPage(results)).toContain('| **FAILED** memory is bounded | 9 MiB |')
  expect(renderResults(results)).toMatch(/FAILED: memory is bounded$/)
})

test('a soak that could not tell has not passed', () => {
  const results = resultsOf(run, [], true)
  expect(results.leak?.verdict).toBe('undecided')
  expect(hasPassed(results)).toBe(false)
  expect(renderResults(results)).toMatch(/FAILED: undecided$/)
})

test('the plot: rates are per second, the rest as it was', () => {
  const { panels, moments, marks } = chartOf(run)
  expect(moments).toEqual([1, 2, 3])
  expect(marks).toEqual(run.marks)
  expect(panels.map(({ series }) => series[0]!.values.map(Math.round))).toEqual([[57, 57, 57], [2, 2, 2], [0, 100, 100], [10, 20, 30]])
})

test('a line for the terminal', () => {
  expect(renderSecond(second(3), 12)).toBe('    3 s      30 connections     3 attacks (12 begun)       300 delivered  RSS 57.2 MiB  heap 7.6 MiB  event loop p99 2.0 ms')
})

test('the page of a soak says what its verdict is, and links from one folder further down', () => {
  const page = renderPage(resultsOf(run, [], true))
  expect(page).toContain('Leak verdict: undecided: ')
  expect(page).toContain('(../../../chaos)')
  expect(renderPage(resultsOf(run, [], false))).toContain('(../../chaos)')
})

test('three files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-chaos-'))
  writeDocs(resultsOf(run, [], false), folder)
  expect(readdirSync(folder).sort()).toEqual(['README.md', 'chaos.svg', 'results.json'])
  rmSync(folder, { recursive: true })
})
