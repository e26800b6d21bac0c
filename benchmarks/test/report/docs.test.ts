// The page that a run leaves behind, made of figures that were thought up.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { merged, writeDocs } from '../../src/report/docs.js'
import { verdictsOf } from '../../src/report/goals.js'
import { renderRow } from '../../src/report/table.js'
import { type Results, type RowResult, emptyResult, summarize } from '../../src/results.js'
import { ROWS } from '../../src/workloads/index.js'
import type { Row } from '../../src/workloads/workload.js'

let folder = ''
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'tocsin-docs-')) })
afterEach(() => rmSync(folder, { recursive: true }))

const rowOf = (name: string): Row => ROWS.find((row) => row.name === name)!

function resultOf(name: string, cpus: Record<string, number>): RowResult {
  const servers = Object.fromEntries(Object.entries(cpus).map(([server, cpu]) =>
    [server, summarize([{ cpu, memory: cpu, p50: 10, p99: 2000, serverShare: 0.99, loadShare: 0.4 }])]))
  return { ...emptyResult(rowOf(name), 5), date: '2026-11-20T10:00:00.000Z', servers }
}

const machine: Results['machine'] = {
  date: '2026-11-20T10:00:00.000Z', cpu: 'Some CPU', cores: 2, memory: 24, kernel: 'Linux 6', node: 'v24.0.0', versions: { ws: '8.23.0' },
}
const about = { machine, rounds: 5, isQuick: false, generator: 'C', pinning: 'server on core 0, load on core 1' }
const resultsOf = (...rows: RowResult[]): Results => ({ ...about, rows })

const LONE = 'echo 64 B, 1 in flight'
const BATCH = 'echo 64 B, 16 in flight'

describe('verdicts', () => {
  const verdicts = (name: string, cpus: Record<string, number>): unknown[] =>
    verdictsOf(resultOf(name, cpus), rowOf(name)).map(({ goal, isReached }) => [goal, isReached])

  test('over ws, over others, and in absolute terms', () => {
    expect(verdicts(LONE, { tocsin: 8, ws: 10, net: 7 })).toEqual([['1.15× ws', true], ['0.95× node:net', false]])
    expect(verdicts('memory per idle connection', { tocsin: 4096, ws: 8000 })).toEqual([['≤ 4.00 KiB', true]])
    expect(verdicts('memory per idle connection', { tocsin: 4097, ws: 8000 })).toEqual([['≤ 4.00 KiB', false]])
  })

  test('some goals count as reached a little earlier', () => {
    expect(verdicts('open and clean close', { tocsin: 1, ws: 1.5 })).toEqual([['1.70× ws (counts from 1.44×)', true]])
    expect(verdicts('open and clean close', { tocsin: 1, ws: 1.4 })).toEqual([['1.70× ws (counts from 1.44×)', false]])
  })

  test('none without the server that they are about', () => {
    expect(verdicts(LONE, { ws: 10, net: 7 })).toEqual([])
  })
})

describe('what stands on the terminal', () => {
  test('each server with its ratio, the goals, and what was wrong', () => {
    const found = resultOf(BATCH, { tocsin: 1, ws: 10 })
    const result = { ...found, missing: { bun: 'not installed' }, failures: { net: 'byte 3 of an answer' } }
    expect(renderRow(result, rowOf(BATCH)).split('\n')).toEqual([
      BATCH,
      expect.stringMatching(/^ {2}Tocsin +1\.00 µs +10\.0× .*server 99 %, load 40 %$/),
      expect.stringMatching(/^ {2}ws +10\.0 µs +1\.00× /),
      '  goal 12.0× ws: 10.0×, not reached',
      '  Bun: not installed',
      '  FAILED node:net: byte 3 of an answer',
    ])
    expect(renderRow(result, rowOf(BATCH), false)).not.toContain('goal')
  })
})

describe('docs/benchmarks', () => {
  test('a page with machine, goals, tables and plots, and the figures beside it', () => {
    const memory = resultOf('memory per idle connection', { tocsin: 3500, ws: 8000 })
    writeDocs(resultsOf(resultOf(LONE, { tocsin: 8, ws: 10, net: 7 }), memory), folder)
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'echo.svg', 'memory.svg', 'results.json'])
    const page = readFileSync(join(folder, 'README.md'), 'utf8')
    expect(page).toContain('- 2026-11-20, Some CPU, 2 cores, 24 GiB, Linux 6, Node v24.0.0\n- ws 8.23.0\n')
    expect(page).toContain(`| ${LONE} | 1.15× ws | 1.27× | **1.25×** | yes | no |  |`)
    expect(page).toContain(`| ${LONE} | 0.95× node:net |  | **0.88×** | **no** |  |  |`)
    expect(page).toContain('![Echo](echo.svg)')
    expect(page).toContain(`| ${LONE} | 99 % | 40 % |`)
    expect(page).not.toMatch(/undefined|NaN/)
  })

  test('names the log when there is one', () => {
    writeFileSync(join(folder, 'log.md'), '# Log\n')
    writeDocs(resultsOf(resultOf(LONE, { tocsin: 8, ws: 10 })), folder)
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('[log.md](log.md)')
  })

  test('rows of an earlier run stay, in their order, if machine and versions are the same', () => {
    const before = resultsOf(resultOf(LONE, { tocsin: 9, ws: 10 }), resultOf(BATCH, { tocsin: 1, ws: 10 }))
    const now = resultsOf(resultOf(LONE, { tocsin: 8, ws: 10 }))
    expect(merged(now, before).rows.map(({ name, servers }) => [name, servers['tocsin']!.cpu!.median])).toEqual([[LONE, 8], [BATCH, 1]])
    const other = { ...before, machine: { ...machine, node: 'v22.0.0' } }
    expect(merged(now, other).rows.map(({ name }) => name)).toEqual([LONE])
    expect(merged(now, { ...before, isQuick: true }).rows.map(({ name }) => name)).toEqual([LONE])
  })

  test('a page from several runs says how many rounds they had', () => {
    const rows = [{ ...resultOf(LONE, { tocsin: 8, ws: 10 }), rounds: 2 }, resultOf(BATCH, { tocsin: 1, ws: 10 })]
    writeDocs(resultsOf(...rows), folder)
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('2 to 5 rounds;')
  })
})
