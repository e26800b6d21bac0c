// Figures for people.
import { CATALOGUE } from '../catalogue.js'
import { type RowResult, type Spread, metricOf } from '../results.js'

export function titleOf(server: string): string {
  return CATALOGUE[server]?.title ?? server
}

/** Three digits that mean something. */
export function precise(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

export function formatRatio(ratio: number): string {
  return `${precise(ratio)}×`
}

/** A value of what its row is judged by. */
export function formatValue({ workload }: Pick<RowResult, 'workload'>, value: number): string {
  if (metricOf(workload) === 'memory') return `${precise(value / 1024)} KiB`
  return value >= 1000 ? `${precise(value / 1000)} ms` : `${precise(value)} µs`
}

/** Nothing for a single measurement. */
export function formatSpread(row: Pick<RowResult, 'workload'>, { min, max }: Spread): string {
  return min === max ? '' : `${formatValue(row, min)} – ${formatValue(row, max)}`
}

export function formatDelay(microseconds: number): string {
  return microseconds >= 1000 ? `${precise(microseconds / 1000)} ms` : `${precise(microseconds)} µs`
}

export function formatBytes(bytes: number): string {
  return bytes < 1024 ? `${precise(bytes)} B` : `${precise(bytes / 1024)} KiB`
}

export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`
}
