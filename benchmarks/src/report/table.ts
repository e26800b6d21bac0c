// A row of results as lines of text, for the terminal.
import { type RowResult, type Summary, metricOf, ratioOf } from '../results.js'
import type { Row } from '../workloads/workload.js'
import { formatBytes, formatDelay, formatPercent, formatRatio, formatSpread, formatValue, precise, titleOf } from './format.js'
import { verdictsOf } from './goals.js'

const NAME_WIDTH = 26

/** @param judges whether its figures are worth to be held against goals */
export function renderRow(result: RowResult, row: Row, judges = true): string {
  const missing = Object.entries(result.missing).map(([server, why]) => `  ${server === 'all' ? 'left out' : titleOf(server)}: ${why}`)
  const failures = Object.entries(result.failures).map(([server, why]) => `  FAILED ${titleOf(server)}: ${why}`)
  const verdicts = judges ? verdictsOf(result, row) : []
  const goals = verdicts.map(({ goal, found, isReached }) => `  goal ${goal}: ${found}, ${isReached ? 'reached' : 'not reached'}`)
  const servers = Object.keys(result.servers).map((server) => renderServer(result, server))
  return [nameOf(result, row), ...servers, ...goals, ...missing, ...failures].join('\n')
}

/** A quick run has fewer connections than the name says. */
function nameOf({ name, workload: { connections } }: RowResult, { workload }: Row): string {
  return connections === workload.connections ? name : `${name} (with ${connections.toLocaleString('en')} connections)`
}

function renderServer(result: RowResult, server: string): string {
  const summary = result.servers[server]!
  const found = summary[metricOf(result.workload)]!
  const ratio = ratioOf(result, server, result.base)
  const cells = [
    titleOf(server).padEnd(NAME_WIDTH),
    formatValue(result, found.median).padStart(9),
    (ratio === undefined ? '' : formatRatio(ratio)).padStart(7),
    ` ${formatSpread(result, found)}`.padEnd(22),
    details(summary, result),
  ]
  return `  ${cells.join(' ').trimEnd()}`
}

function details(summary: Summary, { workload }: RowResult): string {
  const { cpu, rate, p50, p99, serverShare, loadShare, bytesPerMessage, deflatedShare, growth } = summary
  const parts = [
    metricOf(workload) === 'p99' && cpu !== undefined && `${precise(cpu.median)} µs CPU`,
    rate && `${Math.round(rate.median).toLocaleString('en')}/s`,
    p50 && p99 && `p50 ${formatDelay(p50.median)}, p99 ${formatDelay(p99.median)}`,
    serverShare && loadShare && `server ${formatPercent(serverShare.median)}, load ${formatPercent(loadShare.median)}`,
    growth && `${formatBytes(growth.median)} before garbage collection`,
    deflatedShare && bytesPerMessage
      && `${formatBytes(bytesPerMessage.median)} on the wire, ${formatPercent(deflatedShare.median)} compressed`,
  ]
  return parts.filter((part) => typeof part === 'string').join('; ')
}
