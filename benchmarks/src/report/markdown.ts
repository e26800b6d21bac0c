// Results as a page of Markdown: goals first, then a plot and a table for each section.
import { type RowResult, type Results, type Summary, metricOf, ratioOf } from '../results.js'
import type { Row } from '../workloads/workload.js'
import { formatBytes, formatDelay, formatPercent, formatRatio, formatSpread, formatValue, titleOf } from './format.js'
import { verdictsOf } from './goals.js'
import { headline } from './headline.js'
import { type Plot, SECTIONS } from './plots.js'

const INTRODUCTION = [
  'Written by `npm run bench -- --write`; do not edit. How it is measured: [benchmarks/README.md](../../benchmarks/README.md).',
  'Every figure, with its spread: [results.json](results.json).',
].join('\n')

const GOALS = 'How many times less CPU time per message than the other one; of memory, bytes for one more connection.'

const COMMANDS = [
  '```sh',
  'npm run bench -- --write             # all of it, more than an hour',
  'npm run bench -- --only echo,chat    # some groups, on the terminal',
  '```',
].join('\n')

const PROOF = [
  'Against `node:net`, which does next to nothing for a message. Whoever comes near to 100 % of its core is what limits the rate. Where',
  "that is the load, the CPU time per message is still the server's own.",
].join('\n')

export interface Page {
  readonly results: Results
  readonly rows: readonly Row[]
  readonly plots: readonly Plot[]
  /** Other pages of the folder: name and what is in it. */
  readonly links: readonly (readonly [file: string, what: string])[]
}

export function renderPage({ results, rows, plots, links }: Page): string {
  const parts = [
    '# Benchmarks',
    INTRODUCTION,
    ...links.map(([file, what]) => `[${file}](${file}): ${what}.`),
    headline(results, results.rows).split('\n').map((line) => `- ${line}`).join('\n'),
    dates(results.rows),
    COMMANDS,
    // A quick run's figures are noise: they reach no goal, and miss none
    ...(results.isQuick ? [] : ['## Goals', GOALS, goalTable(results.rows, rows)]),
    ...SECTIONS.flatMap(({ groups, title }) => section(title, results.rows.filter(({ group }) => groups.includes(group)), plots)),
    ...loadSection(results.rows),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

/** Rows of several runs stand side by side when only some groups were measured again. */
function dates(rows: readonly RowResult[]): string {
  const days = [...new Set(rows.map(({ date }) => date.slice(0, 10)))].sort()
  return days.length > 1 ? `Measured between ${days[0]!} and ${days.at(-1)!}, on this machine with this Node.` : ''
}

function goalTable(results: readonly RowResult[], rows: readonly Row[]): string {
  const lines = results.flatMap((result) => {
    const row = rows.find(({ name }) => name === result.name)
    const verdicts = row === undefined ? [] : verdictsOf(result, row)
    return verdicts.map(({ goal, stretch, found, isReached, isStretchReached, internals }) => {
      const outdone = stretch === '' ? '' : isStretchReached ? 'yes' : 'no'
      return [result.name, goal, stretch, `**${found}**`, isReached ? 'yes' : '**no**', outdone, internals]
    })
  })
  return table(['workload', 'goal', 'stretch', 'found', 'reached', 'stretch reached', 'takes internals'], lines)
}

function section(title: string, rows: readonly RowResult[], plots: readonly Plot[]): string[] {
  const measured = rows.filter(({ servers }) => Object.keys(servers).length > 0)
  if (measured.length === 0) return []
  const plot = plots.find((each) => each.title === title)
  const lines = measured.flatMap(linesOf)
  const isDeflate = measured.some(({ workload }) => workload.deflate === true && workload.does !== 'idle')
  const isMemory = measured.some(({ workload }) => metricOf(workload) === 'memory')
  const aside = isMemory ? 'before garbage collection' : 'p50 / p99'
  const head = ['workload', 'server', 'median', 'better than base', 'min – max', aside, ...(isDeflate ? ['on the wire'] : [])]
  const picture = plot === undefined ? '' : `![${title}](${plot.file})`
  return [`## ${title}`, picture, table(head, lines.map((line) => line.slice(0, head.length)))]
}

function linesOf(row: RowResult): string[][] {
  return Object.entries(row.servers).map(([server, summary], i) => [i === 0 ? row.name : '', ...cells(row, server, summary)])
}

function cells(row: RowResult, server: string, summary: Summary): string[] {
  const { p99, bytesPerMessage, deflatedShare } = summary
  const metric = metricOf(row.workload)
  const found = metric === 'p99' ? p99! : summary[metric]!
  const ratio = ratioOf(row, server, row.base)
  return [
    titleOf(server),
    formatValue(row, found.median),
    server === row.base ? 'base' : ratio === undefined ? '' : formatRatio(ratio),
    formatSpread(row, found),
    asideOf(summary),
    bytesPerMessage === undefined || deflatedShare === undefined
      ? ''
      : `${formatBytes(bytesPerMessage.median)}, ${formatPercent(deflatedShare.median)} compressed`,
  ]
}

function asideOf({ p50, p99, growth }: Summary): string {
  if (growth !== undefined) return formatBytes(growth.median)
  return p50 === undefined || p99 === undefined ? '' : `${formatDelay(p50.median)} / ${formatDelay(p99.median)}`
}

/** With raw sockets on the other side, as little as possible is done for a message: if the load keeps up there, it does everywhere. */
function loadSection(rows: readonly RowResult[]): string[] {
  const lines = rows.flatMap((row) => {
    const { serverShare, loadShare } = row.servers['net'] ?? {}
    if (serverShare === undefined || loadShare === undefined || row.workload.does === 'rate') return []
    return [[row.name, formatPercent(serverShare.median), formatPercent(loadShare.median)]]
  })
  if (lines.length === 0) return []
  return ['## The load generator is not the bottleneck', PROOF, table(['workload', 'core of the server', 'core of the load'], lines)]
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  if (lines.length === 0) return 'None of them was measured in this run.'
  return [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')
}
