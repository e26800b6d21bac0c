// The process around a chat: reads PORT and HOST, prints its URL, and at SIGINT or SIGTERM says goodbye to every client before it ends;
// a second signal of the kind ends it at once.

import { readSettings, type Settings } from './settings.js'

/** A chat that listens. */
export interface ChatServer {
  readonly url: string
  /** Every client gets Close 1001, then the server is gone. May be called again. */
  stop(): Promise<void>
}

/** Resolves when it listens, or could not be started: then one line says why, and the process ends with 1. */
export async function runChat(start: (settings: Settings) => Promise<ChatServer>): Promise<void> {
  try {
    const chat = await start(readSettings(process.env))
    console.log(`The chat is on ${chat.url}`)
    console.log(`Announce something from anywhere: curl "${chat.url}/broadcast?message=hi"`)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void chat.stop())
  } catch (error) {
    console.error(explain(error as NodeJS.ErrnoException))
    process.exitCode = 1
  }
}

function explain({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE') return `The chat did not start: the port is in use (${message}). Choose another: PORT=3001`
  return `The chat did not start: ${message}`
}
