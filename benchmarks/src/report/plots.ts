// Which plots there are, and what each of them shows.
import { type BarChart, type BarGroup, renderBarChart } from 'tocsin-reports'
import { type RowResult, metricOf, ratioOf } from '../results.js'
import type { Group } from '../workloads/workload.js'
import { formatRatio, formatValue, titleOf } from './format.js'

export interface Plot {
  readonly file: string
  readonly title: string
  readonly svg: string
}

export interface Section {
  readonly groups: readonly Group[]
  readonly title: string
}

export const SECTIONS: readonly Section[] = [
  { groups: ['echo'], title: 'Echo' },
  { groups: ['text'], title: 'Text' },
  { groups: ['broadcast', 'chat'], title: 'Broadcast and chat' },
  { groups: ['deflate'], title: 'Compression' },
  { groups: ['open'], title: 'Opening and closing' },
  { groups: ['memory'], title: 'Memory' },
  { groups: ['latency'], title: 'Latency' },
  { groups: ['routes'], title: 'Routes of frameworks' },
]

/** Undefined when there is nothing to show. */
export function plotOf({ groups, title }: Section, results: readonly RowResult[]): Plot | undefined {
  const rows = results.filter(({ group, servers }) => groups.includes(group) && Object.keys(servers).length > 1)
  if (rows.length === 0) return undefined
  const isMemory = groups.includes('memory')
  const barGroups = rows.map((row) => (isMemory ? amounts(row) : ratios(row))).filter(({ bars }) => bars.length > 0)
  if (barGroups.length === 0) return undefined
  const chart: BarChart = {
    title,
    subtitle: isMemory ? 'KiB for one more connection; less is better' : subtitleOf(rows),
    scale: isMemory ? 'amount' : 'ratio',
    groups: barGroups,
    series: [...new Set(barGroups.flatMap(({ bars }) => bars.map(({ series }) => series)))],
  }
  return { file: `${groups[0]!}.svg`, title, svg: renderBarChart(chart) }
}

function subtitleOf(rows: readonly RowResult[]): string {
  const what = metricOf(rows[0]!.workload) === 'p99' ? 'p99' : 'CPU time of the server per message'
  const bases = [...new Set(rows.map(({ base }) => titleOf(base)))].join(' or ')
  return `${what}: how many times less than ${bases}; logarithmic, more is better`
}

function ratios(row: RowResult): BarGroup {
  const others = Object.keys(row.servers).filter((server) => server !== row.base)
  return {
    label: row.name,
    bars: others.flatMap((server) => {
      const value = ratioOf(row, server, row.base)
      return value === undefined ? [] : [{ series: titleOf(server), value, caption: formatRatio(value) }]
    }),
  }
}

function amounts(row: RowResult): BarGroup {
  return {
    label: row.name,
    bars: Object.entries(row.servers).flatMap(([server, { memory }]) => {
      if (memory === undefined) return []
      return [{ series: titleOf(server), value: Math.max(memory.median, 0) / 1024, caption: formatValue(row, memory.median) }]
    }),
  }
}
