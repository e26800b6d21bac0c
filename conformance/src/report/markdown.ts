// docs/conformance.md: what a reader wants to know first; each case stands in the baseline. Knows no server.
import { CLIENT_NOTES, NOTES, noteFor } from './notes.js'
import { type Row, type Table, type ThemeCount, countByTheme, onlyColumns, summaryLine } from './table.js'

const PREFACE = `# Conformance

What a Tocsin endpoint, and the client of Tocsin, do with every case of [\`conformance/\`](../conformance), sent over a real socket as raw
bytes. The cases are written from RFC 6455 and RFC 7692, each under the section whose rule it checks; a case passes or fails, and there is
nothing between. Each one stands with its results in [\`conformance/baseline.tsv\`](../conformance/baseline.tsv). Both files are generated
by \`npm run conformance -- --write\`, and \`npm test\` fails when they are out of date.
`

const COLUMNS = `- **off**: Tocsin without compression, though every handshake offers it, as browsers do
- **on**: Tocsin with \`compression\` on, without context takeover (its default), and threshold 0; what it inflates it deflates again
- **context**: the same with context takeover in both directions, where the offer allows that; RFC 7692 only
- **relay**: as on, but messages go back in the compressed form in which they came, where the parameters allow that; the cases about
  what is in a message
- **client off**: \`@tocsin/client\` in Node, without compression, at a server that is played by the cases
- **client on**: the same with compression and contexts; without the two longest themes of RFC 6455, and without what only a client does
- **ws**: the server of \`ws\` 8 with \`perMessageDeflate: true\`, and its limits set to what the cases need: 16 MiB per message, and
  none for fragments (by default 16,384) or for Pongs on their way (60)
- **ws client**: its client, with the same limits

What both sides have to do is the same case for both. The names are those of a server's case: where a client is tested, client and server
change places, and so do masked and unmasked. "All 23" in a column is all of the cases that make sense there.
`

const TOCSIN_COLUMNS = ['off', 'on', 'context', 'relay', 'client off', 'client on']

/** No date, no time, no version: it changes only when a result does. */
export function renderMarkdown(table: Table): string {
  const own = onlyColumns(table, TOCSIN_COLUMNS)
  const others = ['ws', 'ws client'].map((name) => othersOf(table, name))
  const parts = [PREFACE, `Tocsin: ${summaryLine(own)}.\n`, themesOf(table), COLUMNS, failuresOf(own, 'Tocsin'), ...others]
  return `${parts.filter((part) => part !== '').join('\n').trimEnd()}\n`
}

function themesOf(table: Table): string {
  const rows = countByTheme(table).map(({ theme, cases, counts }) => {
    const cells = counts.map((count) => cellOf(count, cases))
    return `| ${[theme, cases, ...cells].join(' | ')} |`
  })
  return `${[`| theme | cases | ${table.columns.join(' | ')} |`, `|---|---|${'---|'.repeat(table.columns.length)}`, ...rows].join('\n')}\n`
}

/** Where only some cases make sense in a column, it says how many. */
function cellOf(count: ThemeCount['counts'][number], cases: number): string {
  if (count === undefined) return '-'
  if (count.passed < count.run) return `${count.passed} of ${count.run}`
  return count.run === cases ? 'all' : `all ${count.run}`
}

function failuresOf(table: Table, name: string): string {
  const failed = table.rows.filter(({ verdicts }) => verdicts.includes('FAIL'))
  return failed.length === 0 ? '' : `## Where ${name} fails\n\n${failed.map(line).join('\n')}\n`
}

function othersOf(table: Table, name: string): string {
  const failed = onlyColumns(table, [name]).rows.filter(({ verdicts }) => verdicts.includes('FAIL'))
  if (failed.length === 0) return ''
  const unknown = { title: 'Not looked into', text: '' }
  const notes = [...NOTES, ...CLIENT_NOTES, unknown]
  const groups = notes.map((note) => ({ note, rows: failed.filter((row) => (noteFor(row) ?? unknown) === note) }))
  const intro = 'Fewer reasons than cases. Where the RFC binds only the sender, or says nothing about the consequence, that is said too.'
  return [
    `## Where ${name === 'ws' ? 'ws' : `the ${name}`} fails\n\n${intro}\n`,
    ...groups.filter(({ rows }) => rows.length > 0).map(({ note, rows }) => groupOf(note, rows)),
  ].join('\n')
}

function groupOf({ title, text }: { readonly title: string; readonly text: string }, rows: readonly Row[]): string {
  const count = rows.length === 1 ? '1 case' : `${rows.length} cases`
  return `### ${title}\n\n${text}\n\n<details><summary>${count}</summary>\n\n${rows.map(line).join('\n')}\n\n</details>\n`
}

function line({ theme, section, name }: Row): string {
  return `- ${theme}, RFC ${section}: ${name.replace(/[\\`*_<>|[\]]/g, '\\$&')}`
}
