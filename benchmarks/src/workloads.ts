// The workloads of PERFORMANCE: what is measured. Numbers only.
import type { Workload } from './measure/round.js'

export interface NamedWorkload {
  readonly name: string
  readonly group: 'echo' | 'broadcast'
  readonly servers: readonly string[]
  readonly workload: Workload
}

const ECHO = { kind: 'echo', connections: 50, size: 64, duration: 3000, isRaw: false } as const
const BROADCAST = { kind: 'broadcast', connections: 1000, duration: 3000 } as const
const ECHOERS = ['tocsin', 'ws', 'net']

export const WORKLOADS: readonly NamedWorkload[] = [
  { name: 'echo 64 B, one in flight', group: 'echo', servers: ECHOERS, workload: { ...ECHO, depth: 1 } },
  { name: 'echo 64 B, 16 in flight', group: 'echo', servers: ECHOERS, workload: { ...ECHO, depth: 16 } },
  { name: 'echo 64 B, 100 in flight', group: 'echo', servers: ECHOERS, workload: { ...ECHO, depth: 100 } },
  { name: 'echo 16 KiB, one in flight', group: 'echo', servers: ECHOERS, workload: { ...ECHO, depth: 1, size: 16 * 1024 } },
  { name: 'echo 1 MiB, one in flight', group: 'echo', servers: ECHOERS, workload: { ...ECHO, connections: 5, depth: 1, size: 1024 * 1024 } },
  { name: 'broadcast 64 B to 1,000', group: 'broadcast', servers: ['tocsin', 'ws'], workload: { ...BROADCAST, perTurn: 1 } },
  { name: 'broadcast 64 B to 1,000, 16 per turn', group: 'broadcast', servers: ['tocsin', 'ws'], workload: { ...BROADCAST, perTurn: 16 } },
]
