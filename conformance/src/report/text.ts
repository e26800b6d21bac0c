// Results for the terminal: a line per theme, and each failure with its reason. Knows no server.
import type { Theme } from '../case.js'
import type { ColumnResult } from '../columns.js'
import { type Table, countByTheme, sectionOf } from './table.js'

export function renderThemes(table: Table): string {
  const rows = countByTheme(table).map(({ theme, cases, counts }) => [
    theme,
    String(cases),
    ...counts.map((count) => (count === undefined ? '-' : `${count.passed}${count.run < cases ? `/${count.run}` : ''}`)),
  ])
  return aligned([['theme', 'cases', ...table.columns], ...rows])
}

export function renderFailures(themes: readonly Theme[], results: readonly ColumnResult[]): string {
  const rfcs = new Map(themes.map(({ name, rfc }) => [name, rfc]))
  const lines = results.flatMap(({ column, themes: done }) => done.flatMap(({ name: theme, results: own }) =>
    own.filter(({ failure }) => failure !== undefined).map(({ section, name, failure }) =>
      `FAIL ${column} | ${theme} | RFC ${sectionOf(section, rfcs.get(theme)!)} | ${name}: ${failure}`)))
  return lines.join('\n')
}

/** Every case with its verdicts. */
export function renderCases({ columns, rows }: Table): string {
  return aligned([
    ['section', 'theme', 'case', ...columns],
    ...rows.map(({ section, theme, name, verdicts }) => [section, theme, name, ...verdicts]),
  ])
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n')
}
