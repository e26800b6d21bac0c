// The port between the client that stays connected and one connection of it. Two sides implement it: Node's (wire/) and the
// browser's (browser/). Knows no Node and no browser.
import type { Clock } from './clock.js'

/** Anything that can be sent: a string is text, bytes are binary. */
export type Payload = string | ArrayBufferView | ArrayBuffer

/** What is received: a string is text, bytes are binary. In Node the bytes are a Buffer. */
export type Message = string | Uint8Array

export interface SendOptions {
  /** Bytes of UTF-8 go out as text. @default false */
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

export interface LinkOwner {
  onMessage(message: Message): void
  onPing(payload: Uint8Array): void
  onPong(payload: Uint8Array): void
  /** It can take more, or all that it took is gone. */
  onReady(): void
  /** The first `count` messages that this link was given have reached the peer. */
  onConfirmed(count: number): void
  /** The last call. */
  onEnd(end: LinkEnd): void
}

/** One established connection. It hands out nothing before start(). */
export interface Link {
  /** The one that was agreed on, or ''. */
  readonly subprotocol: string
  /** As in the response, or ''. */
  readonly extensions: string
  readonly response: HandshakeResponse | undefined
  /** Whether send() would hand the next message to the network now; onReady() tells when that changes. */
  readonly canTake: boolean
  /** Bytes that were taken and have not left. */
  readonly bufferedAmount: number
  start(owner: LinkOwner): void
  send(data: Payload, options: SendOptions): void
  /** Browsers have no Ping. @returns whether it was sent */
  ping?(payload: Payload): boolean
  /** Stops reading, or begins again; a browser cannot. */
  setFlow?(isFlowing: boolean): void
  /** Starts the closing handshake. */
  close(code: number, reason: string): void
  /** Ends it at once, without one. */
  terminate(error?: Error): void
}

/** What an attempt to connect gets, and reports to. */
export interface Attempt {
  readonly signal: AbortSignal
  readonly clock: Clock
  /** The transport is there; the handshake begins. */
  onConnect(info: ConnectInfo): void
}

export interface ConnectInfo {
  readonly url: string
  /** Of a TCP socket. */
  readonly remoteAddress: string | undefined
  readonly remotePort: number | undefined
}

type ErrorConstructor = new (code: string, message: string, options?: ErrorOptions) => Error & { readonly code: string }

/** What differs between Node and browsers. `Target` is a URL that has been checked. */
export interface Platform<Target> {
  /** The caller's fault. */
  readonly UsageError: ErrorConstructor
  /** The peer's fault, or the network's. */
  readonly WebSocketError: ErrorConstructor
  /** @throws UsageError */
  parseUrl(url: string | URL): Target
  /** @throws whatever broke the attempt; a refusal by HTTP has `status` and perhaps `retryAfter`, in ms */
  connect(target: Target, attempt: Attempt): Promise<Link>
  /** @throws UsageError for a code or reason that must not be sent */
  checkClose(code: number, reason: string): void
}
