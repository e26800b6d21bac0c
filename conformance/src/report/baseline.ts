// The committed baseline: one line per case, so that a change of a result is one line of a diff. Knows no file.
import type { Row, Table, Verdict } from './table.js'

const FIXED = ['section', 'theme', 'case']

/** Tab-separated, with a line of names first. */
export function serializeBaseline({ columns, rows }: Table): string {
  const lines = [[...FIXED, ...columns], ...rows.map(({ section, theme, name, verdicts }) => [section, theme, name, ...verdicts])]
  return `${lines.map((cells) => cells.join('\t')).join('\n')}\n`
}

export function parseBaseline(text: string): Table {
  const [names = [], ...lines] = text.trimEnd().split('\n').map((line) => line.split('\t'))
  const rows = lines.map(([section = '', theme = '', name = '', ...verdicts]): Row => ({
    section,
    theme,
    name,
    verdicts: verdicts as Verdict[],
  }))
  return { columns: names.slice(FIXED.length), rows }
}
