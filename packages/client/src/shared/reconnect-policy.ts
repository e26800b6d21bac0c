// When to connect again: a pure function of what happened. Knows no timers, no sockets, and draws no random numbers itself.
import type { LinkEnd } from './link.js'

export interface ReconnectOptions {
  /** The first delay, in ms; it doubles with each failure. @default 1_000 */
  readonly initialDelay?: number
  /** The delay grows no further than this. @default 30_000 */
  readonly maxDelay?: number
  /** Full jitter: each delay is a random part of itself, so that a thousand clients do not come back at once. @default true */
  readonly jitter?: boolean
  /** Attempts in a row that may fail before the client gives up. @default Infinity */
  readonly maxAttempts?: number
  /** A connection that lasted so long, in ms, begins the delays anew. @default 5_000 */
  readonly stableAfter?: number
  /** The longest Retry-After that is obeyed, in ms; a longer one counts as this. The usual delay comes on top. @default 3_600_000 */
  readonly maxRetryAfter?: number
  /**
   * After which close codes (1000 and up) and which HTTP statuses nobody connects again: a list, in place of the default, or a function.
   * @default 1000, and every status but 408, 425, 429 and 5xx
   */
  readonly final?: readonly number[] | ((outcome: Outcome) => boolean)
}

/** Why there is no connection. */
export interface Outcome {
  /** Of the connection that ended; 1006 when none came about. */
  readonly code: number
  /** Of the HTTP response that refused the handshake. */
  readonly status?: number | undefined
  /** What that response asked for, in ms. A browser tells neither. */
  readonly retryAfter?: number | undefined
  readonly error?: Error | undefined
}

export interface Policy {
  readonly reconnect?: boolean | number | ReconnectOptions
  readonly random?: () => number
}

/** @param failures in a row before this end. @returns how long to wait, in ms; Infinity: for ever */
export function nextDelay({ reconnect = true, random = Math.random }: Policy, end: LinkEnd, failures: number): number {
  const { initialDelay = 1_000, maxDelay = 30_000, jitter = true, maxAttempts = Infinity, final = [1000] } = reconnect as ReconnectOptions
  const isFinal = typeof final === 'function' ? final(end) : final.includes(end.code)
  // What the caller got wrong is wrong the next time.
  if (reconnect === false || isFinal || failures >= maxAttempts || end.error?.name === 'UsageError') return Infinity
  if (typeof reconnect === 'number') return reconnect
  // 1013, "try again later", means the longest delay at once; "service restart" is registered with a random delay of 5 to 30 s.
  const [least, most] = { 1012: [5_000, 30_000] as const, 1013: [maxDelay / 2, maxDelay] as const }[end.code] ?? [0, initialDelay * 2 ** failures]
  return Math.min(maxDelay, least + (Math.min(maxDelay, most) - least) * (jitter ? random() : 1))
}
