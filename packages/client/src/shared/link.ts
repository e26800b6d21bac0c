// The port between the client that stays connected and one connection of it. Two sides implement it: Node's (wire/) and the
// browser's (browser/). Knows no Node and no browser.
import type { Clock } from './clock.js'

/** Anything that can be sent: a string is text, bytes are binary. */
export type Payload = string | ArrayBufferView | ArrayBuffer

/** What is received: a string is text, bytes are binary. In Node the bytes are a Buffer. */
export type Message = string | Uint8Array

export interface SendOptions {
  /**
   * Bytes that are UTF-8 already go out as text. In Node unchecked, as with core's `send()`: of other bytes the server fails the
   * connection with 1007. A browser decodes them, and what is no UTF-8 arrives as U+FFFD. @default false
   */
  readonly text?: boolean
  /** A string goes out as binary. @default false */
  readonly binary?: boolean
  /** Where compression was agreed on: true, whatever the threshold; false, never. A browser decides by itself. @default the threshold */
  readonly compress?: boolean
}

/** The server's answer to the handshake. A browser does not tell. */
export interface HandshakeResponse {
  readonly status: number
  /** By lower-case name; several fields of one name joined by ', ', but `set-cookie` as a list. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** How one connection, or the attempt to make one, ended. */
export interface LinkEnd {
  /** Of the Close frame that came; the one we failed the connection with; 1005: it had none; 1006: there was none (RFC 6455 §7.1.5). */
  readonly code: number
  readonly reason: string
  /** Whether both Close frames were exchanged (RFC 6455 §7.1.4). */
  readonly clean: boolean
  /** Who began to end it. */
  readonly initiator: 'local' | 'peer'
  /** What broke it, when something did. */
  readonly error: Error | undefined
}

export interface ConnectInfo {
  readonly url: string
  /** Of a TCP socket. */
  readonly remoteAddress: string | undefined
  readonly remotePort: number | undefined
}

/** What only Node has to tell of a connection. */
interface Told {
  /** The transport is there; the handshake begins. */
  connect: ConnectInfo
  ping: Uint8Array
  pong: Uint8Array
}

/** Ends an attempt, or the connection that it led to, without a closing handshake. */
export type Cut = (error?: Error) => void

/** Whom an attempt to connect, and the connection that it leads to, report to; until they are cut. */
export interface LinkOwner {
  readonly clock: Clock
  readonly options: { readonly subprotocols?: readonly string[] }
  push(message: Message): void
  /** The next `count` messages of those that this link was given have reached the peer. */
  confirm(count: number): void
  emit<E extends keyof Told>(event: E, value: Told[E]): void
  /** Before anything else that the link has to say. */
  onOpen(link: Link): void
  /** It can take more, or all that it took is gone. */
  update(): void
  /** The last call. */
  onEnd(end: LinkEnd): void
}

/** As a browser's WebSocket says it. */
export interface LinkStatus {
  /** The subprotocol that was agreed on, or ''. */
  readonly protocol: string
  /** As in the response, or ''. */
  readonly extensions: string
  /** 1: send() would hand a message to the network. */
  readonly readyState: number
  /** Bytes that were taken and have not left. */
  readonly bufferedAmount: number
}

/** One established connection. */
export interface Link {
  readonly status: LinkStatus
  readonly response?: HandshakeResponse
  send(data: Payload, options: SendOptions): void
  /** Browsers have no Ping. @returns whether it was sent */
  ping?(payload: Payload): boolean
  /** Stops reading, or begins again, if that is news; a browser cannot. */
  pause?(isPaused: boolean): void
  /** Starts the closing handshake. */
  close(code: number, reason: string): void
}
