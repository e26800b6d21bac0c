// Through the routes of a framework: a message costs what it costs without one, and the way to the 101 is the framework's.
import { OPEN } from './connections.js'
import type { Row, Workload } from './workload.js'

const ECHO: Workload = { does: 'echo', connections: 50, payload: 'binary', size: 64, depth: 16 }
const EVENTS: Workload = { ...ECHO, payload: 'ascii', depth: 1 }
const SERVERS = ['tocsin', 'ws', 'tocsin-express', 'tocsin-fastify', 'tocsin-nest', 'express-ws', 'fastify-websocket'] as const
/** As core: what is left is noise. */
const AS_CORE = 0.95

export const ROUTE_ROWS: readonly Row[] = [
  {
    name: 'routes: echo 64 B, 16 in flight', group: 'routes', servers: SERVERS, workload: ECHO, isShowcase: true,
    goals: ['tocsin-express', 'tocsin-fastify', 'tocsin-nest'].map((subject) => ({ goal: AS_CORE, over: 'tocsin', subject })),
  },
  { name: 'routes: open and clean close', group: 'routes', servers: [...SERVERS, 'platform-ws'], workload: OPEN, isShowcase: true },
  {
    name: "routes: Nest's events, 1 in flight", group: 'routes', servers: ['tocsin-nest-events', 'platform-ws'], workload: EVENTS,
    base: 'platform-ws', subject: 'tocsin-nest-events',
  },
]
