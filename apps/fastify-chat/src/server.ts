// The app on a port, until it is told to stop.

import { createApp } from './app.js'
import type { Settings } from './settings.js'

export interface ChatServer {
  readonly url: string
  /** Every client gets Close 1001, then the server is gone. May be called again. */
  stop(): Promise<void>
}

/** Rejects when the port cannot be had. */
export async function startChat({ port, host }: Settings): Promise<ChatServer> {
  const app = await createApp()
  return { url: await app.listen({ port, host }), stop: () => app.close() }
}
