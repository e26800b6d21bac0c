// When to connect again: a pure function of what happened. Knows no timers, no sockets, and draws no random numbers itself.

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
  /** The longest Retry-After that is obeyed, in ms; a longer one counts as this. @default 3_600_000 */
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
  /** What that response asked for, in ms. */
  readonly retryAfter?: number | undefined
  readonly error?: Error | undefined
}

export type Policy = Required<Omit<ReconnectOptions, 'final'>> & { isFinal(outcome: Outcome): boolean }

export interface Situation {
  /** Failures in a row before this one. */
  readonly attempt: number
  readonly outcome: Outcome
  /** 0 to below 1. */
  random(): number
}

const SERVICE_RESTART = 1012
const TRY_AGAIN_LATER = 1013
/** What the registration of 1012 asks of clients: a random delay of 5 to 30 s. */
const RESTART_FROM = 5_000
const RESTART_UP_TO = 30_000

/** @param option false: never; a number: always after so many ms. @returns undefined: never */
export function resolvePolicy(option: boolean | number | ReconnectOptions = true): Policy | undefined {
  if (option === false) return undefined
  const given = typeof option === 'number' ? { initialDelay: option, maxDelay: option, jitter: false } : option === true ? {} : option
  const { initialDelay = 1_000, maxDelay = 30_000, jitter = true, maxAttempts = Infinity, stableAfter = 5_000 } = given
  const { maxRetryAfter = 3_600_000, final = isFinalByDefault } = given
  const isFinal = typeof final === 'function' ? final : ({ code, status }: Outcome) => final.includes(status ?? code)
  return { initialDelay, maxDelay, jitter, maxAttempts, stableAfter, maxRetryAfter, isFinal }
}

/** A server that says 4xx, or redirects, says the same again; 408, 425, 429 and 5xx are about the moment. */
function isFinalByDefault({ code, status = 500 }: Outcome): boolean {
  return code === 1000 || (status < 500 && status !== 408 && status !== 425 && status !== 429)
}

/** How long to wait, in ms; undefined: for ever. */
export function nextDelay(policy: Policy | undefined, { attempt, outcome, random }: Situation): number | undefined {
  if (policy === undefined || attempt >= policy.maxAttempts || policy.isFinal(outcome)) return undefined
  const { initialDelay, maxDelay, jitter, maxRetryAfter } = policy
  const isOverloaded = outcome.code === TRY_AGAIN_LATER
  const ceiling = Math.min(maxDelay, isOverloaded ? Infinity : initialDelay * 2 ** attempt)
  // RFC 9110 §10.2.3: not before that. All who were refused were told the same, so the jitter comes on top.
  if (outcome.retryAfter !== undefined) return Math.min(outcome.retryAfter, maxRetryAfter) + (jitter ? random() * initialDelay : 0)
  if (!jitter) return ceiling
  if (outcome.code === SERVICE_RESTART) return between(Math.min(RESTART_FROM, maxDelay), Math.min(RESTART_UP_TO, maxDelay), random())
  // "Try again later" means the longest delay at once, and at least half of it.
  return between(isOverloaded ? ceiling / 2 : 0, ceiling, random())
}

function between(least: number, most: number, part: number): number {
  return least + (most - least) * part
}
