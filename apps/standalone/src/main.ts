// The process: listens on PORT (9501, as in the manual) and HOST, until SIGINT or SIGTERM.

import { createServer } from './server.js'

const server = createServer(console.log)

try {
  const { address, port } = await server.listen(Number(process.env['PORT'] || 9501), process.env['HOST'] || '127.0.0.1')
  console.log(`Listening on ws://${address}:${port}`)
  console.log(`Push to everyone: curl "http://${address}:${port}/?message=hi"`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
} catch (error) {
  console.error(`Not started: ${(error as Error).message}`)
  process.exitCode = 1
}
