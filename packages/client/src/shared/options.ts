// The options that Node and browsers share, documented once, here, with their defaults.
import { type Clock, systemClock } from './clock.js'
import { type Policy, type ReconnectOptions, resolvePolicy } from './reconnect-policy.js'

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
  /** Bytes that may wait to be sent; `send()` refuses what is more. @default 1 MiB */
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

export interface Settings extends Required<Omit<ClientOptions, 'reconnect' | 'signal' | 'subprotocols'>> {
  readonly policy: Policy | undefined
  readonly signal?: AbortSignal
}

export function resolveSettings(options: ClientOptions): Settings {
  return {
    handshakeTimeout: 10_000,
    closeTimeout: 10_000,
    queueWhileDisconnected: true,
    maxQueueSize: 1_048_576,
    maxQueueAge: 30_000,
    clock: systemClock,
    random: Math.random,
    ...withoutUndefined(options),
    policy: resolvePolicy(options.reconnect),
  }
}

function withoutUndefined<T extends object>(options: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
