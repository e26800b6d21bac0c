// What a run found, as it is kept in JSON; and how several measurements become one figure.
import type { Machine } from './machine.js'
import type { Measurement, MeasurementField } from './measure/measurement.js'
import type { Group, Row, Workload } from './workloads/workload.js'

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** One server on one workload. */
export type Summary = { readonly [Field in MeasurementField]?: Spread }

export interface RowResult {
  readonly name: string
  /** When it was measured, ISO 8601. */
  readonly date: string
  /** How often each server was measured. */
  readonly rounds: number
  readonly group: Group
  readonly workload: Workload
  readonly base: string
  readonly subject: string
  readonly servers: Readonly<Record<string, Summary>>
  /** Why a server, or the whole row, was not measured. */
  readonly missing: Readonly<Record<string, string>>
  /** What was wrong with a server's answers. */
  readonly failures: Readonly<Record<string, string>>
}

export interface Results {
  readonly machine: Machine
  readonly rounds: number
  readonly isQuick: boolean
  readonly generator: string
  readonly pinning: string
  readonly rows: readonly RowResult[]
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}

export function summarize(measurements: readonly Measurement[]): Summary {
  const fields = new Set(measurements.flatMap((measurement) => Object.keys(measurement) as MeasurementField[]))
  return Object.fromEntries([...fields].map((field) => [field, spreadOf(measurements.flatMap((each) => each[field] ?? []))]))
}

/** What a row is judged by; of all of them, less is better. */
export function metricOf({ does }: Workload): 'cpu' | 'memory' | 'p99' {
  if (does === 'idle') return 'memory'
  return does === 'rate' ? 'p99' : 'cpu'
}

/** How many times better than another one; undefined where one of them was not measured. */
export function ratioOf({ servers, workload }: Pick<RowResult, 'servers' | 'workload'>, server: string, base: string): number | undefined {
  const metric = metricOf(workload)
  const ours = servers[server]?.[metric]?.median
  const theirs = servers[base]?.[metric]?.median
  return ours === undefined || theirs === undefined ? undefined : theirs / ours
}

/** Defaults filled in. */
export function emptyResult({ name, group, workload, base = 'ws', subject = 'tocsin' }: Row, rounds: number): RowResult {
  return { name, date: new Date().toISOString(), rounds, group, workload, base, subject, servers: {}, missing: {}, failures: {} }
}
