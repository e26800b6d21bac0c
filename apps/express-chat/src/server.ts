// The app on a port, until it is told to stop.

import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { attach } from '@tocsin/express'
import type { ChatServer, Settings } from 'tocsin-chat-page'
import { createApp } from './app.js'

/** Rejects when the port cannot be had. */
export async function startChat({ port, host }: Settings): Promise<ChatServer> {
  const app = createApp()
  const server = app.listen(port, host)
  const tocsin = attach(server, app)
  await once(server, 'listening')
  let stopped: Promise<void> | undefined
  return { url: urlOf(server.address() as AddressInfo), stop: () => stopped ??= tocsin.close({ deadline: 10_000 }) }
}

function urlOf({ address, family, port }: AddressInfo): string {
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`
}
