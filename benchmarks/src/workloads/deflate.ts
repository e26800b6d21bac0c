// permessage-deflate: echoes and broadcasts of JSON, as text.
import type { Goal, Row, Workload } from './workload.js'

const ECHO: Workload = { does: 'echo', connections: 50, payload: 'json', size: 64, depth: 1, take: 'bytes', deflate: true }
const BROADCAST: Workload = { does: 'broadcast', connections: 1000, payload: 'json', size: 64, perTurn: 1, deflate: true }
const SERVERS = ['tocsin', 'ws', 'ws-level-1', 'tocsin-all', 'bun'] as const

const SIZES: readonly (readonly [name: string, size: number, echo: Goal, broadcast: Goal])[] = [
  ['64 B', 64, { goal: 4.5, stretch: 6 }, { goal: 7 }],
  ['1 KiB', 1024, { goal: 4, stretch: 4.5 }, { goal: 10 }],
  ['16 KiB', 16 * 1024, { goal: 2.5, stretch: 3 }, { goal: 30, counts: 0.85 }],
]

export const DEFLATE_ROWS: readonly Row[] = [
  ...SIZES.map(([name, size, goal]): Row => ({
    name: `deflate echo ${name}`, group: 'deflate', servers: SERVERS, workload: { ...ECHO, size }, goals: [goal],
  })),
  ...SIZES.map(([name, size, , goal]): Row => ({
    name: `deflate broadcast ${name} to 1,000`, group: 'deflate', servers: SERVERS, workload: { ...BROADCAST, size }, goals: [goal],
  })),
]
