// A client that says what happens to it, against a server by hand, by a virtual clock.
import { settle, virtualClock } from '@tocsin/testing'
import { type RawOptions, rawServer } from './raw-server.js'

/** A client that comes back, at half of each delay, and everything it says. */
export function watched(options: RawOptions = {}) {
  const clock = virtualClock()
  const server = rawServer({ clock, random: () => 0.5, reconnect: true, pingInterval: false, ...options })
  const said: string[] = []
  server.client
    .on('connect', ({ url }) => said.push(`connect ${url}`))
    .on('open', ({ reconnected }) => said.push(reconnected ? 'open again' : 'open'))
    .on('error', (error) => said.push(`error ${(error as { code?: string }).code ?? error.message}`))
    .on('close', ({ code, final }) => said.push(`close ${code}${final ? ' for good' : ''}`))
    .on('reconnecting', ({ attempt, delay }) => said.push(`attempt ${attempt} in ${delay}`))
    .on('dropped', ({ data, reason }) => said.push(`dropped ${String(data)}: ${reason}`))
    .on('message', (message) => said.push(`message ${String(message)}`))
  const cut = async (): Promise<void> => {
    server.peers.at(-1)!.socket.destroy()
    await settle()
  }
  return { ...server, said, clock, cut, take: () => said.splice(0) }
}
