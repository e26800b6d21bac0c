// The end of TCP without a goodbye. Knows sockets only.
import type { Duplex } from 'node:stream'

/** Sends RST: the peer's socket fails with ECONNRESET. Works on TCP, on in-memory sockets and on sockets wrapped by faults. */
export function resetSocket(socket: Duplex): void {
  const { resetAndDestroy } = socket as { resetAndDestroy?: () => unknown }
  if (resetAndDestroy === undefined) socket.destroy()
  else resetAndDestroy.call(socket)
}

/** Resets the connection of a client, as a peer that crashes does; its `closed` says 1006. For a bare socket: `resetSocket`. */
export function reset<Event>(client: { reset(): Promise<Event> }): Promise<Event> {
  return client.reset()
}
