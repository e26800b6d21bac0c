// The option `rateLimit`: its fields, documented once, here; and its check. Values only.
import { UsageError } from '../protocol/errors.js'

/** How fast one peer may send; at least one of the rates. */
export interface RateLimit {
  /** Messages per second; Pings, Pongs and Close frames count as well. @default any number */
  readonly messages?: number | undefined
  /** Bytes per second as they come from the socket, compressed and with their frame headers. @default any number */
  readonly bytes?: number | undefined
  /**
   * How much may come at once after a quiet time: as much as in so many ms, 100 at least. With `close`, `bytes` of that time should be
   * more than the longest message that is allowed. @default 1_000
   */
  readonly burst?: number | undefined
  /**
   * `pause`: reading stops until the rate allows more, so that TCP slows the peer down and nothing is lost. `close`: the connection is
   * failed with 1008. Risk of the latter: honest peers that catch up after a pause of the network. @default 'pause'
   */
  readonly policy?: 'pause' | 'close' | undefined
}

/** With the defaults filled in. */
export interface RatePolicy {
  readonly messages: number | undefined
  readonly bytes: number | undefined
  readonly burst: number
  readonly policy: 'pause' | 'close'
}

/** Shorter than a tick of the timing wheel, a burst would be less than what comes while reading is paused. */
const MIN_BURST = 100

/** @throws UsageError for a rate that cannot be kept */
export function resolveRateLimit(option: RateLimit | undefined): RatePolicy | undefined {
  if (option === undefined) return undefined
  check(typeof option === 'object' && option !== null, 'rateLimit', 'an object with messages, bytes or both')
  const { messages, bytes, burst = 1_000, policy = 'pause' } = option
  check(messages !== undefined || bytes !== undefined, 'rateLimit', 'an object with messages, bytes or both')
  check(messages === undefined || isRate(messages), 'rateLimit.messages', 'a number per second above 0')
  check(bytes === undefined || isRate(bytes), 'rateLimit.bytes', 'a number per second above 0')
  check(isRate(burst) && burst >= MIN_BURST, 'rateLimit.burst', `${MIN_BURST} ms or more`)
  check(policy === 'pause' || policy === 'close', 'rateLimit.policy', "'pause' or 'close'")
  return { messages, bytes, burst, policy }
}

function isRate(value: number): boolean {
  return Number.isFinite(value) && value > 0
}

function check(isValid: boolean, option: string, expected: string): void {
  if (!isValid) throw new UsageError('WS_ERR_INVALID_OPTION', `the option ${option} must be ${expected}`)
}
