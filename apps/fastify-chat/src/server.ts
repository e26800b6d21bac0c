// The app on a port, until it is told to stop.

import type { ChatServer, Settings } from 'tocsin-chat-page'
import { createApp } from './app.js'

/** Rejects when the port cannot be had. */
export async function startChat({ port, host }: Settings): Promise<ChatServer> {
  const app = await createApp()
  return { url: await app.listen({ port, host }), stop: () => app.close() }
}
