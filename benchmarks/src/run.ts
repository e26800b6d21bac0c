// A run: workload after workload, in interleaved rounds (A B C A B C ...), so that a slow moment of the machine meets all servers.
import type { Measurement } from './measure/measurement.js'
import { type Timing, measure } from './measure/measure.js'
import type { Bench } from './measure/processes.js'
import { type RowResult, emptyResult, summarize } from './results.js'
import { type ServerPool, freshServers, sharedServers } from './server-pool.js'
import type { Row } from './workloads/workload.js'

export interface RunOptions {
  readonly rows: readonly Row[]
  readonly rounds: number
  readonly pace: Pace
  /** Undefined: those of each row. */
  readonly servers: readonly string[] | undefined
  /** False: its runtime is not here. */
  isAvailable(server: string): boolean
}

/** How thorough a run is. */
export interface Pace {
  readonly timing: Timing
  /** No workload opens more than this. */
  readonly maxConnections: number
  /** One server process for all workloads with the same task, and only the first two servers of a row that is no showcase. */
  readonly isQuick: boolean
}

export interface Observer {
  onStart?(measurements: number): void
  onMeasure?(row: Row, server: string, round: number): void
  onRow?(result: RowResult, row: Row): void
}

export const THOROUGH: Pace = {
  timing: { warmUp: 600, duration: 2000, idle: [5000, 15_000], settling: 2000 },
  maxConnections: Infinity,
  isQuick: false,
}

export const QUICK: Pace = {
  timing: { warmUp: 40, duration: 100, idle: [300, 900], settling: 200 },
  maxConnections: 1000,
  isQuick: true,
}

/** A server that answers wrongly, or not at all, is left out of its row: `failures` says so. */
export async function run(bench: Bench, options: RunOptions, observer: Observer = {}): Promise<RowResult[]> {
  const pool = options.pace.isQuick ? sharedServers(bench) : freshServers(bench)
  const selected = options.rows.map((row) => ({ row, servers: serversOf(row, options) })).filter(({ servers }) => servers.length > 0)
  const possible = selected.filter(({ row }) => bench.generator.lacks(row.workload) === undefined).flatMap(({ servers }) => servers)
  observer.onStart?.(possible.filter((server) => options.isAvailable(server)).length * options.rounds)
  const results: RowResult[] = []
  try {
    for (const { row, servers } of selected) {
      const result = await runRow(row, servers, { bench, pool, options, observer })
      results.push(result)
      observer.onRow?.(result, row)
    }
  } finally {
    await pool.close()
  }
  return results
}

interface Context {
  readonly bench: Bench
  readonly pool: ServerPool
  readonly options: RunOptions
  readonly observer: Observer
}

async function runRow(row: Row, servers: readonly string[], { bench, pool, options, observer }: Context): Promise<RowResult> {
  const result = emptyResult(row, options.rounds)
  const lacking = bench.generator.lacks(row.workload)
  if (lacking !== undefined) return { ...result, missing: { all: `needs ${lacking}` } }
  const failures: Record<string, string> = {}
  const { timing, maxConnections } = options.pace
  const workload = { ...row.workload, connections: Math.min(row.workload.connections, maxConnections) }
  const available = servers.filter((server) => options.isAvailable(server))
  pool.prepare(available, workload)
  const measurements = new Map<string, Measurement[]>(available.map((server) => [server, []]))
  for (let round = 1; round <= options.rounds; round++) {
    for (const server of available) {
      if (server in failures) continue
      observer.onMeasure?.(row, server, round)
      try {
        const found = await pool.with(server, workload, (running) => measure(bench, workload, { server, running, timing }))
        measurements.get(server)!.push(found)
      } catch (error) {
        failures[server] = (error as Error).message
      }
    }
  }
  const summaries = [...measurements].filter(([server]) => !(server in failures)).map(([server, list]) => [server, summarize(list)])
  return { ...result, workload, missing: missingOf(servers, options), failures, servers: Object.fromEntries(summaries) }
}

function serversOf({ servers, isShowcase }: Row, { servers: wanted, pace }: RunOptions): readonly string[] {
  const shown = pace.isQuick && isShowcase !== true && wanted === undefined ? servers.slice(0, 2) : servers
  return wanted === undefined ? shown : shown.filter((server) => wanted.includes(server))
}

function missingOf(servers: readonly string[], { isAvailable }: RunOptions): Record<string, string> {
  return Object.fromEntries(servers.filter((server) => !isAvailable(server)).map((server) => [server, 'not installed']))
}
