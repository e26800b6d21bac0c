// Every option of this package, documented once, here.
import type { MessageOptions, SendOptions } from '@tocsin/core'
import type { EventMap } from './event-map.js'
import type { Schema } from './schema.js'

/** Any event with any data: what may be sent where `outgoing` says nothing. */
export interface AnyEvents {
  readonly [event: string]: Schema
}

/** What is received where nothing is said. */
export type NoEvents = Readonly<Record<never, never>>

export interface EventOptions<Outgoing extends EventMap> {
  /**
   * What this side sends, and what is replied to it: types send, broadcast, publish and request, and checks the replies
   * that arrive. What is sent is checked by the compiler alone. @default any event with any data
   */
  readonly outgoing?: Outgoing
  /** How long request() waits for the answer, in ms. Infinity: until the connection closes. @default 10_000 */
  readonly timeout?: number
  /** Requests to one peer that may wait for their answers; one more is rejected. Cost: memory per connection. @default 100 */
  readonly maxPendingRequests?: number
}

export interface EndpointEventOptions<Outgoing extends EventMap> extends EventOptions<Outgoing> {
  /** Binary messages: 'refuse' answers them with an error, 'ignore' leaves them to `message` handlers of your own. @default 'refuse' */
  readonly binary?: 'refuse' | 'ignore'
}

export interface ChannelEventOptions<Outgoing extends EventMap> extends EventOptions<Outgoing> {
  /**
   * Hears of what handlers throw, and of messages that cannot be taken. @default an unhandled rejection for the former,
   * nothing for the latter
   */
  readonly onError?: (error: unknown) => void
  /** Time, for tests. @default the global setTimeout and clearTimeout */
  readonly clock?: Timers
}

/** What request() may be told. */
export interface RequestOptions {
  /** How long to wait for the answer, in ms. Infinity: until the connection closes. @default defineEvents' option, or 10_000 */
  readonly timeout?: number
  /** Gives the request up: it rejects with the signal's reason. The peer is not told. */
  readonly signal?: AbortSignal
}

/** To whom a message does not go, and of what it is the latest state (`slowConsumer: 'latest'`). */
export type EventMessageOptions<Data> = Pick<MessageOptions<Data>, 'except' | 'filter' | 'key'>

/** Of what a message is the latest state (`slowConsumer: 'latest'`). */
export type EventSendOptions = Pick<SendOptions, 'key'>

/** A source of timers; core's Clock is one. */
export interface Timers {
  setTimeout(callback: () => void, delay: number): unknown
  clearTimeout(handle: unknown): void
}
