// What a client tells its handlers. Types only.
import type { ConnectInfo, HandshakeResponse, LinkEnd, Message, Payload } from './link.js'
import type { Unconfirmed } from './outgoing.js'

export interface OpenEvent {
  /** The 101; a browser does not tell. */
  readonly response: HandshakeResponse | undefined
  /** Whether there was a connection before. */
  readonly reconnected: boolean
}

/** A connection has ended, or an attempt to make one has failed. */
export interface CloseEvent extends LinkEnd {
  /** Whether the client leaves it at that; otherwise `reconnecting` follows. */
  readonly final: boolean
  /** What was handed to this connection, and may be lost. What was not handed to it stays in the queue. */
  readonly unconfirmed: Unconfirmed
}

export interface ReconnectingEvent {
  /** 1 for the first attempt after a connection. */
  readonly attempt: number
  /** Milliseconds until then. */
  readonly delay: number
  readonly cause: CloseEvent
}

/** A message that was accepted by `send()` and given to no connection. */
export interface DroppedEvent {
  readonly data: Payload
  /** It has waited for longer than `maxQueueAge`, or the client has closed for good. */
  readonly reason: 'expired' | 'closed'
}

/** The events by name, each with what its handlers get. */
export interface ClientEvents {
  /** The transport is there (TCP, and TLS with `wss:`); the handshake begins. Not in browsers. */
  connect: ConnectInfo
  /** The WebSocket is open. */
  open: OpenEvent
  message: Message
  /** A Ping came; it has been answered. Not in browsers. */
  ping: Uint8Array
  pong: Uint8Array
  /** What broke a connection or an attempt; the `close` that follows has it as well. Nothing happens when nobody listens. */
  error: Error
  close: CloseEvent
  reconnecting: ReconnectingEvent
  dropped: DroppedEvent
}
