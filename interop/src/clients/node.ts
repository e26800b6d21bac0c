// The WebSocket that Node brings along (undici's), in a process of its own: only so can it be told which certificate to trust.
import { fileURLToPath } from 'node:url'
import { startChildAgent } from './child-agent.js'
import type { Client } from './client.js'

const script = fileURLToPath(new URL('../agents/node.js', import.meta.url))

const major = Number(process.versions.node.split('.')[0])

/** Node 20 hides it behind a flag. */
const flags = major < 22 ? ['--experimental-websocket'] : []

export const node: Client = {
  name: "Node's WebSocket",
  isAvailable: true,
  largestInflated: major < 22 ? 4 << 20 : 16 << 20,
  http2: major >= 26,
  compresses: false,
  chooses: false,
  fragments: false,
  pings: false,
  seesStatus: false,
  start: async () => startChildAgent(process.execPath, ['--no-warnings', ...flags, script], 'NODE_EXTRA_CA_CERTS'),
}
