// How the server under chaos is set up. What is not said here is as core ships it.
import type { EndpointOptions } from '@tocsin/core'
import type { Flaw } from './flaws.js'

export interface ServerTask {
  readonly deadlines: Deadlines
  /** @default 127.0.0.1 */
  readonly host?: string
  /** Built in on purpose: proves that the suite can fail. */
  readonly flaw?: Flaw
  /** Bytes. @default core's own */
  readonly maxBufferedAmount?: number
}

/** In milliseconds. */
export interface Deadlines {
  /** Of Node's HTTP server: the whole head of a request. As shipped it is a minute, and looked after every 30 s. */
  readonly headers: number
  readonly handshake: number
  readonly close: number
  /** Of a message, from its first byte. */
  readonly message: number
  /** Of the one endpoint that wants it. */
  readonly authentication: number
  readonly heartbeat: { readonly interval: number; readonly timeout: number }
}

/** Core's own, where it has one. */
export const SHIPPED: Deadlines = { headers: 10_000, handshake: 10_000, close: 10_000, message: 60_000, authentication: 10_000, heartbeat: { interval: 25_000, timeout: 20_000 } }

/** For runs of a few seconds. What a starved good client could miss stays patient: a machine that is busy with something else is no fault. */
export const SHORT: Deadlines = { headers: 3_000, handshake: 1_000, close: 1_000, message: 5_000, authentication: 1_000, heartbeat: { interval: 2_000, timeout: 8_000 } }

export function endpointOptions({ deadlines, maxBufferedAmount, flaw }: ServerTask): EndpointOptions<never> {
  return {
    compression: true,
    ...(deadlines.handshake !== SHIPPED.handshake && { handshakeTimeout: deadlines.handshake }),
    ...(deadlines.close !== SHIPPED.close && { closeTimeout: deadlines.close }),
    ...(deadlines.message !== SHIPPED.message && { messageTimeout: deadlines.message }),
    ...(deadlines.heartbeat !== SHIPPED.heartbeat && { heartbeat: deadlines.heartbeat }),
    ...(maxBufferedAmount !== undefined && { maxBufferedAmount }),
    ...(flaw === 'has no limit' && { maxMessageSize: 64 * 1024 * 1024 }),
    ...(flaw === 'has no deadline' && { messageTimeout: Infinity }),
    ...(flaw === 'has no heartbeat' && { heartbeat: false as const }),
  }
}

/** Connections from one address. Good and idle clients come 32 from each. */
export const MAX_PER_ADDRESS = 40

/** What is asked of those who come to `/guarded`. */
export function guardedOptions(task: ServerTask): EndpointOptions<never> {
  return { ...endpointOptions(task), authenticateWithin: task.deadlines.authentication, rateLimit: { messages: 100, policy: 'close' } }
}

/** How long a client waits for what a deadline of the server does to it: longer than that, by so many milliseconds at most. */
export function patienceOf({ headers, handshake, close, message, authentication, heartbeat }: Deadlines, more: number): number {
  return Math.max(headers, handshake, message, authentication, heartbeat.interval + heartbeat.timeout) + close + Math.min(more, 10_000)
}
