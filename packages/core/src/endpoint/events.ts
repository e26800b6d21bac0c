// The events of an endpoint and what their handlers are given. Types only.
import type { Buffer } from 'node:buffer'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Connection } from '../connection/connection.js'
import type { CloseEvent } from '../connection/life.js'
import type { CloseFrame, Frame } from '../protocol/frame.js'
import type { MessageKind } from '../protocol/message-assembler.js'

/** Why a request did not become a WebSocket. */
export interface Refusal {
  /** The HTTP status that was answered; 0 when the peer was gone before. */
  readonly status: number
  /** `WS_...`, stable. */
  readonly code: string
  /** For people. */
  readonly reason: string
  /** What the application threw, when that was the reason. */
  readonly error: unknown
}

/** Handlers of one connection's events run in order; a promise that one returns holds back the next event. */
export interface EndpointEvents<Data> {
  /** The 101 is sent. No message is dispatched, and none lost, before the handlers have settled. */
  open: (connection: Connection<Data>, request: IncomingMessage) => unknown
  /** One whole message: a string for text (bytes with `text: 'bytes'`), a Buffer for binary. */
  message: (connection: Connection<Data>, message: string | Buffer, kind: MessageKind) => unknown
  /** A Ping came; it is answered already, unless `deliver.ping` is set. */
  ping: (connection: Connection<Data>, payload: Buffer) => unknown
  pong: (connection: Connection<Data>, payload: Buffer) => unknown
  /** A frame that `deliver` asks for. */
  frame: (connection: Connection<Data>, frame: Frame | CloseFrame) => unknown
  /** The last event of a connection; it has left its topics, which can still be read. */
  close: (connection: Connection<Data>, event: CloseEvent) => unknown
  /**
   * `highWaterMark` bytes or more wait to be sent to it; the next one comes after `relieved`. These two do not wait for handlers
   * that are still running, nor hold back other events.
   */
  congested: (connection: Connection<Data>) => unknown
  /** A congested connection is down to `lowWaterMark`. */
  relieved: (connection: Connection<Data>) => unknown
  /** A request ended without becoming a WebSocket. */
  refused: (request: IncomingMessage, refusal: Refusal) => unknown
  /** A handler threw or rejected, or was used wrongly. Without a handler for this, it is printed to stderr. */
  error: (error: unknown, connection: Connection<Data> | undefined) => unknown
  /** A plain HTTP request; only with `listen()`. Without a handler it is answered 400. */
  request: (request: IncomingMessage, response: ServerResponse) => unknown
}

export type EndpointEvent = keyof EndpointEvents<never>
