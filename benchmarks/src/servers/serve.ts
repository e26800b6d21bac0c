// What every server under test does the same way: tell the parent its port, and end when the parent does.
import type { AddressInfo, Server } from 'node:net'

export function announce(server: Server): void {
  server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
  process.once('disconnect', () => process.exit(0))
}

/** A message `b<count>` asks for that many broadcasts of 64 bytes in one turn. Anything else is echoed. */
export function broadcastsAskedFor(message: Buffer): number {
  return message.length < 8 && message[0] === 0x62 ? Number(message.toString('latin1', 1)) : 0
}

export const BROADCAST = 'x'.repeat(64)
