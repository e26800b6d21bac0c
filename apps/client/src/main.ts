// The process: talks to URL, by default the standalone server of this repository, until SIGINT or SIGTERM.

import { createClient } from './client.js'

try {
  const client = createClient(process.argv[2] ?? process.env['URL'] ?? 'ws://127.0.0.1:9501', console.log)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void client.close())
} catch (error) {
  console.error(`Not started: ${(error as Error).message}`)
  process.exitCode = 1
}
