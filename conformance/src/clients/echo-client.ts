// What the clients under test have in common. Knows none of them.
import type { Seen } from '../wire/seen.js'
import type { Bytes } from '../wire/frame.js'

/** It connects once, without reconnection, and sends every message back as it came: text as text, binary as binary. */
export interface EchoClient {
  /** Begins to connect. */
  connect(url: URL, options: ConnectOptions): Session
}

/** What of permessage-deflate is offered beyond its name: contexts are kept and windows are large, unless it says otherwise. */
export interface Offered {
  readonly serverNoContextTakeover?: boolean
  readonly clientNoContextTakeover?: boolean
  readonly serverMaxWindowBits?: number
  readonly clientMaxWindowBits?: number
}

export interface ConnectOptions {
  /** @default nothing is offered */
  readonly compression?: Offered | undefined
  /** @default none */
  readonly subprotocols?: readonly string[] | undefined
}

/** The application's end of one connection. */
export interface Session {
  /** Whether the application was told that it is open. */
  readonly hasOpened: boolean
  /** The messages that the application got. */
  readonly received: readonly Seen[]
  /** When there is a connection. */
  send(message: Bytes): void
  ping(): void
  close(code: number, reason?: string): void
  destroy(): void
}
