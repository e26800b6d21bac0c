// Echoes: how many are in flight, how large they are, what they are made of.
import type { PayloadKind } from '../payload.js'
import type { Goal, Row, Workload } from './workload.js'

const ECHO: Workload = { does: 'echo', connections: 50, payload: 'binary', size: 64, depth: 1 }
const BOTH = ['tocsin', 'ws'] as const
const ALL = [...BOTH, 'net', 'ws-js', 'bun', 'socket.io'] as const
const PLAIN = [...BOTH, 'net', 'ws-js', 'bun'] as const

/** Each of them has a tenth of the messages of the others: as long as theirs is the warm-up of each. */
const MANY: Workload = { ...ECHO, connections: 500, warmUps: 5 }

const LONE: readonly Goal[] = [{ goal: 1.15, stretch: 1.27 }, { goal: 0.95, over: 'net' }]

const SMALL: readonly Row[] = [
  { name: 'echo 64 B, 1 in flight', group: 'echo', servers: ALL, workload: ECHO, goals: LONE, isShowcase: true },
  { name: 'echo 64 B, 1 in flight, 500 connections', group: 'echo', servers: PLAIN, workload: MANY, goals: LONE },
  { name: 'echo 64 B, 16 in flight', group: 'echo', servers: ALL, workload: { ...ECHO, depth: 16 }, goals: [{ goal: 12, stretch: 15 }] },
  { name: 'echo 64 B, 100 in flight', group: 'echo', servers: ALL, workload: { ...ECHO, depth: 100 }, goals: [{ goal: 20, stretch: 30 }] },
]

/** Large messages are fewer at a time, so that memory bandwidth is what is measured and not how deep queues get. */
const SIZES: readonly (readonly [name: string, size: number, connections: number])[] = [
  ['64 B', 64, 50], ['1 KiB', 1024, 50], ['16 KiB', 16 * 1024, 50],
  ['64 KiB', 64 * 1024, 20], ['128 KiB', 128 * 1024, 10], ['1 MiB', 1024 * 1024, 5],
]

const BINARY_GOALS: Record<string, Goal> = {
  '16 KiB': { goal: 1.1, stretch: 1.2 },
  '128 KiB': { goal: 1.2, stretch: 1.5 },
  '1 MiB': { goal: 1.2, stretch: 1.5 },
}

const LARGE: readonly Row[] = SIZES.slice(1).map(([name, size, connections]) => {
  const goal = BINARY_GOALS[name]
  const workload = { ...ECHO, size, connections }
  return { name: `echo ${name}`, group: 'echo', servers: PLAIN, workload, ...(goal && { goals: [goal] }) }
})

const TEXTS: readonly (readonly [name: string, payload: PayloadKind, take: 'bytes' | 'string'])[] = [
  ['ASCII, as a Buffer', 'ascii', 'bytes'], ['ASCII, as a string', 'ascii', 'string'],
  ['non-ASCII, as a Buffer', 'other', 'bytes'], ['non-ASCII, as a string', 'other', 'string'],
]

const TEXT: readonly Row[] = TEXTS.flatMap(([kind, payload, take]) => SIZES.map(([name, size, connections]): Row => {
  const goals = name === '64 KiB' ? [take === 'bytes' ? { goal: 1.1, stretch: 1.2 } : { goal: 1, stretch: 1.2 }] : []
  const servers = name === '64 KiB' ? [...BOTH, 'ws-js', 'bun'] : BOTH
  return { name: `text ${name} ${kind}`, group: 'text', servers, workload: { ...ECHO, payload, take, size, connections }, goals }
}))

export const ECHO_ROWS: readonly Row[] = [...SMALL, ...LARGE, ...TEXT]
