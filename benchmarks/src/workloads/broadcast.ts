// One message to many. A message counts once for each of its receivers.
import type { Goal, Row, Workload } from './workload.js'

const TO_1000: Workload = { does: 'broadcast', connections: 1000, payload: 'ascii', size: 64 }
const CHAT: Workload = { does: 'chat', connections: 50, payload: 'ascii', size: 64 }
const SERVERS = ['tocsin', 'ws', 'net', 'ws-js', 'bun', 'socket.io'] as const
const FEW = ['tocsin', 'ws', 'net', 'bun'] as const

const GOALS: Record<string, Goal> = {
  '1000×1': { goal: 1.15, stretch: 1.2 },
  '1000×2': { goal: 1.8, stretch: 2.2 },
  '1000×16': { goal: 9, stretch: 10, counts: 0.85 },
  '10000×1': { goal: 2.2, stretch: 2.4 },
}

function rowOf(connections: number, perTurn: number): Row {
  const goal = GOALS[`${connections}×${perTurn}`]
  const name = `broadcast 64 B to ${connections.toLocaleString('en')}${perTurn === 1 ? '' : `, ${perTurn} per turn`}`
  const workload = { ...TO_1000, connections, perTurn }
  return { name, group: 'broadcast', servers: connections === 1000 ? SERVERS : FEW, workload, ...(goal && { goals: [goal] }) }
}

export const BROADCAST_ROWS: readonly Row[] = [
  ...[1000, 10_000].flatMap((connections) => [1, 2, 16].map((perTurn) => rowOf(connections, perTurn))),
  { name: 'chat, 50 members', group: 'chat', servers: SERVERS, workload: CHAT, goals: [{ goal: 15, stretch: 20 }] },
  {
    name: 'chat, 500 members', group: 'chat', servers: SERVERS, workload: { ...CHAT, connections: 500 },
    goals: [{ goal: 100, stretch: 170 }],
  },
]
