// The facts about one connection (FEATURES A11). Reads; changes nothing.
import type { Socket } from 'node:net'
import type { Wire } from './wire.js'

/** What is going on below a connection. */
export interface WireInfo {
  readonly state: 'open' | 'closing' | 'closed'
  /** Of the socket, also behind a proxy. */
  readonly remotePort: number | undefined
  readonly localPort: number | undefined
  readonly connectedAt: Date
  /** When the last byte came; before the first one, when it connected. */
  readonly lastReceivedAt: Date
  readonly lastSentAt: Date | undefined
  /** Bytes after the handshake, frame headers included. */
  readonly bytesReceived: number
  readonly bytesSent: number
  /** Accepted, and then dropped: by the policy for slow consumers, or because the connection ended. */
  readonly bytesDropped: number
  readonly isPaused: boolean
}

/** The facts about one connection. */
export interface ConnectionInfo extends WireInfo {
  readonly id: string
  readonly remoteAddress: string | undefined
  readonly subprotocol: string
  readonly topics: readonly string[]
  /** Bytes that were accepted for sending and that the kernel has not taken yet: those of the frames, without what waiting takes (see `maxBufferedAmount`). */
  readonly bufferedAmount: number
  /** Whole messages among them that still can be dropped. */
  readonly bufferedMessages: number
  /** Whole messages that were accepted, waited, and were dropped. */
  readonly messagesDropped: number
  /** Above `highWaterMark`, and not yet down to `lowWaterMark` again. */
  readonly isCongested: boolean
}

export function describeWire<Connection>(wire: Wire<Connection>): WireInfo {
  const { runtime } = wire
  const socket = wire.transport.stream as Partial<Socket>
  return {
    state: wire.life.state,
    remotePort: socket.remotePort,
    localPort: socket.localPort,
    connectedAt: runtime.dateOf(wire.connectedAt),
    lastReceivedAt: runtime.dateOf(wire.watchdog.lastReceivedAt),
    lastSentAt: wire.lastSentAt === 0 ? undefined : runtime.dateOf(wire.lastSentAt),
    bytesReceived: wire.bytesReceived,
    bytesSent: wire.bytesSent,
    bytesDropped: wire.bytesDropped,
    isPaused: wire.intake.isPaused,
  }
}
