// Connections themselves: opening and closing them, having many, answering in time.
import type { Row, Workload } from './workload.js'

/** A hundred times as much code as for a message runs a hundred times less often: it takes seconds until all of it is compiled. */
export const OPEN: Workload = { does: 'open', connections: 50, payload: 'binary', size: 64, warmUps: 8 }
const IDLE: Workload = { does: 'idle', connections: 0, payload: 'json', size: 64 }
/** A compiler at work for 20 ms is one percent of the messages of 2 s. */
const RATE: Workload = { does: 'rate', connections: 500, payload: 'binary', size: 64, rate: 20_000, warmUps: 5 }

export const CONNECTION_ROWS: readonly Row[] = [
  {
    name: 'open and clean close', group: 'open', servers: ['tocsin', 'ws', 'net', 'bun'], workload: OPEN,
    goals: [{ goal: 1.7, stretch: 1.9, counts: 0.85 }],
  },
  {
    name: 'memory per idle connection', group: 'memory', servers: ['tocsin', 'ws', 'net', 'bun', 'socket.io'], workload: IDLE,
    goals: [{ goal: 4096, stretch: 3277, isAbsolute: true }],
  },
  {
    name: 'memory with deflate, after one message', group: 'memory', servers: ['tocsin', 'ws', 'ws-level-1', 'bun'],
    workload: { ...IDLE, deflate: true, greet: true, size: 1024 }, goals: [{ goal: 6144, stretch: 4096, isAbsolute: true }],
  },
  {
    name: 'latency (p99) at 20,000 messages/s, 500 connections', group: 'latency', servers: ['tocsin', 'ws', 'net', 'bun'], workload: RATE,
    goals: [{ goal: 1 }],
  },
]
