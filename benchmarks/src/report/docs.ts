// docs/benchmarks: the page, the plots and the figures behind them. What was measured earlier on the same machine, and not this
// time, stays.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Results } from '../results.js'
import { ROWS } from '../workloads/index.js'
import { renderPage } from './markdown.js'
import { SECTIONS, plotOf } from './plots.js'

const FOLDER = fileURLToPath(new URL('../../../docs/benchmarks/', import.meta.url))
const LOG = 'log.md'

/** @returns the files it wrote */
export function writeDocs(found: Results, folder = FOLDER): string[] {
  mkdirSync(folder, { recursive: true })
  const results = merged(found, earlier(join(folder, 'results.json')))
  const plots = SECTIONS.flatMap((section) => plotOf(section, results.rows) ?? [])
  const links = existsSync(join(folder, LOG)) ? [[LOG, 'what was tried, before and after'] as const] : []
  const files: Record<string, string> = {
    'README.md': renderPage({ results, rows: ROWS, plots, links }),
    'results.json': `${JSON.stringify(results, rounded, 1)}\n`,
    ...Object.fromEntries(plots.map(({ file, svg }) => [file, svg])),
  }
  return Object.entries(files).map(([name, content]) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  })
}

function earlier(file: string): Results | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined
}

/** Five digits say more than a measurement knows. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value
}

/** In the order of the workloads. Figures of another machine, another Node or a quick run do not stand beside these. */
export function merged(found: Results, before: Results | undefined): Results {
  const isSame = before !== undefined && before.isQuick === found.isQuick && environmentOf(before) === environmentOf(found)
  const kept = isSame ? before.rows.filter(({ name }) => !found.rows.some((row) => row.name === name)) : []
  const order = new Map(ROWS.map(({ name }, i) => [name, i]))
  const place = (name: string): number => order.get(name) ?? Infinity
  return { ...found, rows: [...kept, ...found.rows].filter(({ name }) => order.has(name)).sort((a, b) => place(a.name) - place(b.name)) }
}

function environmentOf({ machine: { cpu, cores, kernel, node, versions } }: Results): string {
  return JSON.stringify([cpu, cores, kernel, node, versions])
}
