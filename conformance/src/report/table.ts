// Results of several columns, case by case: what the page, the baseline and the terminal are made of. Knows no server.
import type { Theme } from '../case.js'
import type { ColumnResult } from '../columns.js'
import type { Result } from '../runner.js'

/** '-': the case makes no sense there. */
export type Verdict = 'pass' | 'FAIL' | '-'

export interface Row {
  readonly theme: string
  /** With the RFC: `6455 §5.2`. */
  readonly section: string
  readonly name: string
  /** By column. */
  readonly verdicts: readonly Verdict[]
}

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
}

export function tableOf(themes: readonly Theme[], results: readonly ColumnResult[]): Table {
  const columns = results.map(({ column, themes: done }) => ({
    column,
    byTheme: new Map(done.map(({ name, results: own }) => [name, resultsByName(own)])),
  }))
  const rows = themes.flatMap(({ name: theme, rfc, cases }) => cases.map(({ name, section }): Row => {
    const verdicts = columns.map(({ byTheme }) => verdictOf(byTheme.get(theme)?.get(name)))
    return { theme, section: sectionOf(section, rfc), name, verdicts }
  }))
  return { columns: columns.map(({ column }) => column), rows }
}

function resultsByName(results: readonly Result[]): ReadonlyMap<string, Result> {
  return new Map(results.map((each) => [each.name, each]))
}

/** Of the theme's RFC, unless it names another one. */
export function sectionOf(section: string, rfc: number): string {
  return section.includes('§') ? section : `${rfc} §${section}`
}

function verdictOf(result: Result | undefined): Verdict {
  if (result === undefined) return '-'
  return result.failure === undefined ? 'pass' : 'FAIL'
}

export interface ThemeCount {
  readonly theme: string
  readonly cases: number
  /** By column: how many passed of how many, undefined where the theme was not run. */
  readonly counts: readonly ({ readonly passed: number; readonly run: number } | undefined)[]
}

export function countByTheme({ columns, rows }: Table): ThemeCount[] {
  return [...new Set(rows.map(({ theme }) => theme))].map((theme) => {
    const own = rows.filter((row) => row.theme === theme)
    return { theme, cases: own.length, counts: columns.map((_, column) => countIn(own, column)) }
  })
}

function countIn(rows: readonly Row[], column: number): ThemeCount['counts'][number] {
  const run = rows.filter(({ verdicts }) => verdicts[column] !== '-')
  return run.length === 0 ? undefined : { run: run.length, passed: run.filter(({ verdicts }) => verdicts[column] === 'pass').length }
}

export function summaryLine({ rows }: Table): string {
  const verdicts = rows.flatMap((row) => row.verdicts)
  return `${verdicts.filter((each) => each === 'pass').length} passed, ${verdicts.filter((each) => each === 'FAIL').length} failed`
}

/** Without the columns that are not `named`. */
export function onlyColumns({ columns, rows }: Table, named: readonly string[]): Table {
  const kept = columns.map((name, index) => ({ name, index })).filter(({ name }) => named.includes(name))
  return {
    columns: kept.map(({ name }) => name),
    rows: rows.map((row) => ({ ...row, verdicts: kept.map(({ index }) => row.verdicts[index]!) })),
  }
}
