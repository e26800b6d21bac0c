// A run that went well, for tests that change something about it; and what a run did not meet.
import type { Run, Second } from '../src/run.js'
import type { Reading } from '../src/server/reading.js'
import { SHORT } from '../src/server/task.js'
import { judge } from '../src/verdict.js'

const stats = {
  connections: 0, unauthenticated: 0, pendingHandshakes: 0, topics: 0, accepted: 3, closed: 3, refused: 1,
} as Reading['stats']

export const reading: Reading = {
  rss: 60e6, heapUsed: 8e6, arrayBuffers: 1e6, handles: { TCPServerWrap: 1 }, objects: { connections: 0, sockets: 1, requests: 0 }, stats,
}

export const second = (time: number): Second => ({
  at: 0, time, rss: 60e6, heapUsed: 8e6, arrayBuffers: 1e6, connections: 10 * time, messagesReceived: 0, messagesSent: 0,
  delayP50: 0.1, delayP99: 2, delayMax: 5, delivered: 100 * time, bad: 3,
})

const tally = { clients: 1, connected: 1, received: 10, lost: 0, disordered: 0, corrupt: 0 }
const delays = { p50: 0.1, p99: 2, p999: 3, max: 4 }

export const run: Run = {
  plan: { good: 1, idle: 1, bad: 1, seconds: 2, kinds: ['garbage-after'], deadlines: SHORT, seed: 1 },
  seconds: [second(1), second(2), second(3)],
  marks: [{ at: 1, label: 'bad clients' }],
  rests: [],
  before: reading,
  after: reading,
  delays: { calm: delays, chaos: { ...delays, p99: 12 } },
  good: { ...tally, roundTrip: { p50: 1, p99: 2, max: 3 } },
  idle: tally,
  announced: 4,
  shouted: 1,
  outcomes: { 'garbage-after': { 'close 1002': 1 } },
  ledger: {
    good: { accepted: 2, closed: { 1000: 2 }, refused: {} },
    'garbage-after': { accepted: 1, closed: { 1002: 1 }, refused: { 400: 1 } },
  },
  errors: [],
  errorCount: 0,
  complaint: '',
}

export function unmet(found: Run): string[] {
  return judge(found).filter(({ isMet }) => !isMet).map((check) => `${check.name}: ${check.found}`)
}
