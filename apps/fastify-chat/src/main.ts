// The process: reads PORT and HOST, prints its URL, and at SIGINT or SIGTERM says goodbye to every client before it ends.

import { startChat } from './server.js'
import { readSettings } from './settings.js'

try {
  const chat = await startChat(readSettings(process.env))
  console.log(`The chat is on ${chat.url}`)
  console.log(`Announce something from anywhere: curl "${chat.url}/broadcast?message=hi"`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void chat.stop())
} catch (error) {
  console.error(explain(error as NodeJS.ErrnoException))
  process.exitCode = 1
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `The chat did not start: the port is in use (${message}). Choose another: PORT=3001`
  return `The chat did not start: ${message}`
}
