// Python's `websockets`, in the interpreter that has it: Debian's python3-websockets belongs to Debian's own Python.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { startChildAgent } from './child-agent.js'
import type { Client } from './client.js'

const script = fileURLToPath(new URL('../agents/python.py', import.meta.url))

/** Undefined: none has it. */
export const interpreter = ['/usr/bin/python3', 'python3'].find((python) => spawnSync(python, ['-c', 'import websockets']).status === 0)

export const python: Client = {
  name: 'Python websockets',
  isAvailable: interpreter !== undefined,
  largestInflated: 16 << 20,
  http2: false,
  compresses: true,
  chooses: true,
  fragments: true,
  pings: true,
  seesStatus: true,
  async start() {
    if (interpreter === undefined) throw new Error('No Python here can import websockets')
    return startChildAgent(interpreter, [script], 'CA_FILE')
  },
}
