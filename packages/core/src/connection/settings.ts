// What a connection is told by its endpoint: limits that all its connections share, counters, and whom to call.
// The endpoint's options (endpoint/options.ts) document them.
import type { Buffer } from 'node:buffer'
import type { CompressionCounters } from '../compression/compression.js'
import type { CompressionPolicy } from '../compression/options.js'
import type { Frame } from '../protocol/frame.js'
import type { MessageKind } from '../protocol/message-assembler.js'
import type { Runtime } from '../runtime.js'
import type { CloseEvent } from './life.js'
import type { SendLimits } from './send-limits.js'

/** All limits with their defaults filled in. Sizes in bytes, times in milliseconds. */
export interface ConnectionSettings {
  readonly maxMessageSize: number
  readonly sendLimits: SendLimits
  readonly maxQueuedMessages: number
  readonly closeTimeout: number
  /** Undefined: no Pings, and silence is never judged. */
  readonly heartbeat: { readonly interval: number; readonly timeout: number } | undefined
  readonly text: 'string' | 'bytes'
  /** Undefined: messages are not compressed. */
  readonly compression: CompressionPolicy | undefined
  readonly deliver: { readonly close: boolean; readonly ping: boolean; readonly pong: boolean }
}

/** What all connections of an endpoint have done together. */
export interface ConnectionCounters extends CompressionCounters {
  messagesReceived: number
  messagesSent: number
  bytesReceived: number
  bytesSent: number
  /** Bytes that were accepted for sending and dropped: by the policy for slow consumers, or because the connection ended first. */
  bytesDropped: number
  /** Whole messages that were accepted, waited, and were dropped for the same reasons. */
  messagesDropped: number
  /** Sends that were refused because the connection was not open, or too much waited. */
  sendsRefused: number
  /** Connections that were closed with 1013 because their peers did not keep up. */
  slowConsumersClosed: number
  /** Connections that are congested now: above `highWaterMark`, and not yet down to `lowWaterMark` again. */
  congested: number
}

/** What an event of a connection carries besides the connection; `message` has its kind in addition. */
export interface ConnectionEventMap {
  ping: Buffer
  pong: Buffer
  frame: Frame
  close: CloseEvent
  congested: undefined
  relieved: undefined
}

export type ConnectionEvent = keyof ConnectionEventMap

/** Takes messages (true) on their arrival, while handlers of earlier ones may still run. Must be quick and must not throw. */
export type MessageInterceptor<Connection> = (connection: Connection, message: string | Buffer, kind: MessageKind) => boolean

/** What a connection needs of its endpoint, and no more. Handlers that return a promise hold back the next event. */
export interface ConnectionHost<Connection> {
  readonly runtime: Runtime
  readonly settings: ConnectionSettings
  readonly counters: ConnectionCounters
  /** Whether somebody listens: an event that nobody listens to is not queued. */
  hasHandler(event: ConnectionEvent | 'message'): boolean
  /** Sees a message on its arrival, before it waits for its turn; true: it is taken, and no handler gets it. */
  interceptMessage?(connection: Connection, message: string | Buffer, kind: MessageKind): boolean
  dispatchMessage(connection: Connection, message: string | Buffer, kind: MessageKind): void | Promise<void>
  dispatchEvent<Event extends ConnectionEvent>(connection: Connection, event: Event, value: ConnectionEventMap[Event]): void | Promise<void>
  /** A handler threw or rejected. */
  onHandlerError(error: unknown, connection: Connection | undefined): void
  /** The transport has closed; the `close` event follows in its order. */
  onClosed(connection: Connection): void
  /** The `close` handlers have settled: nothing more will happen. */
  onSettled(connection: Connection): void
  /** A broadcast, publish or iteration may reach it from now on under this topic. */
  joinTopic(connection: Connection, topic: string): void
  leaveTopic(connection: Connection, topic: string): void
}
