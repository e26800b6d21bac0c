// The options that Node and browsers share, documented once, here, with their defaults.
import type { Clock } from './clock.js'
import type { ReconnectOptions } from './reconnect-policy.js'

export type UrlOption = string | URL | (() => string | URL | Promise<string | URL>)

/** Sizes in bytes, times in milliseconds. */
export interface ClientOptions {
  /** In order of preference. @default none */
  readonly subprotocols?: readonly string[]
  /** False: never again by itself; a number: always after so many ms; true or an object: exponential, with full jitter. @default true */
  readonly reconnect?: boolean | number | ReconnectOptions
  /** From the attempt's begin to the server's answer, `url` and `headers` functions included. @default 10_000 */
  readonly handshakeTimeout?: number
  /** For a closing handshake: what still waits to be sent, our Close and the peer's. Then the connection is cut. @default 10_000 */
  readonly closeTimeout?: number
  /** Whether `send()` accepts messages while there is no connection. @default true */
  readonly queueWhileDisconnected?: boolean
  /** What may wait to be sent, in bytes, with 200 more for each message; `send()` refuses what is more. @default 1 MiB */
  readonly maxQueueSize?: number
  /** A message that has waited so long is dropped, and `dropped` says so. @default 30_000 */
  readonly maxQueueAge?: number
  /** Ends the client at once when it is aborted. @default none */
  readonly signal?: AbortSignal
  /** For tests. @default the system's */
  readonly clock?: Clock
  /** 0 to below 1, for the jitter. @default Math.random */
  readonly random?: () => number
}
