// What may wait for a peer that does not keep up, and what happens beyond that: the options, and their check.
import { UsageError } from '../protocol/errors.js'

/**
 * What happens to a message that finds no room because the peer does not keep up:
 * - `close`: the connection fails with 1013, what waits is dropped.
 * - `drop-newest`: it is refused, its send returns false.
 * - `drop-oldest`: the oldest whole messages that wait make room.
 * - `latest`: a message with a `key` takes the place of the one with the same key that still waits, whether or not there is
 *   room; it goes to the end, so that the order stays. Beyond the limits the oldest messages without a key make room; those
 *   with a key never do.
 *
 * A message for which even that makes no room is refused. What is being written, fragments of a message that has begun,
 * control frames and Close are never dropped.
 */
export type SlowConsumerPolicy = 'close' | 'drop-newest' | 'drop-oldest' | 'latest'

/** Limits of what waits to be sent to one connection. Sizes in bytes. */
export interface SendLimitOptions {
  /**
   * What may wait to be sent to one connection, bytes that the kernel has not taken included; beyond it `slowConsumer`
   * decides. Each message, fragment or control frame that waits counts as 384 bytes more than it has, because that is what it takes:
   * otherwise a peer that reads nothing could make a server hold a hundred times this in tiny messages. `bufferedAmount` does not have
   * them. Cost: memory times slow connections. @default 16 MiB
   */
  readonly maxBufferedAmount?: number | undefined
  /** Whole messages that may wait behind what is being written. @default Infinity */
  readonly maxBufferedMessages?: number | undefined
  /** What happens beyond these two. Risk of all but `close`: peers miss messages, and nobody tells them. @default 'close' */
  readonly slowConsumer?: SlowConsumerPolicy | undefined
  /** From here on, counted like `maxBufferedAmount`, a connection is congested: the `congested` event, once until it is relieved. @default a quarter of maxBufferedAmount */
  readonly highWaterMark?: number | undefined
  /** Down to here a congested connection is relieved: the `relieved` event. @default a quarter of highWaterMark */
  readonly lowWaterMark?: number | undefined
}

/** The limits with their defaults. */
export interface SendLimits {
  readonly maxBufferedAmount: number
  readonly maxBufferedMessages: number
  readonly slowConsumer: SlowConsumerPolicy
  readonly highWaterMark: number
  readonly lowWaterMark: number
  /** What was given: defaults depend on it, also when a connection changes a part of it. */
  readonly given: SendLimitOptions
}

/** What a message, or a part of one, that waits takes beside its bytes. Measured: 64 (a broadcast) to 410, of which a Buffer is 220 to 340. */
export const WAITING_OVERHEAD = 384

const POLICIES: readonly string[] = ['close', 'drop-newest', 'drop-oldest', 'latest'] satisfies SlowConsumerPolicy[]

/** @throws UsageError for a value out of range */
export function resolveSendLimits(options: SendLimitOptions): SendLimits {
  const { maxBufferedAmount = 16 * 1024 * 1024, maxBufferedMessages = Infinity, slowConsumer = 'close' } = options
  check(isAboveZero(maxBufferedAmount), 'maxBufferedAmount', 'a number of bytes above 0')
  check(isAboveZero(maxBufferedMessages), 'maxBufferedMessages', 'a number above 0')
  check(POLICIES.includes(slowConsumer), 'slowConsumer', `one of ${POLICIES.join(', ')}`)
  const { highWaterMark = maxBufferedAmount / 4 } = options
  check(isAboveZero(highWaterMark) && highWaterMark <= maxBufferedAmount, 'highWaterMark', 'a number of bytes above 0, at most maxBufferedAmount')
  const { lowWaterMark = highWaterMark === Infinity ? 0 : highWaterMark / 4 } = options
  check((lowWaterMark === 0 || isAboveZero(lowWaterMark)) && lowWaterMark < highWaterMark, 'lowWaterMark', 'a number of bytes below highWaterMark')
  const { maxBufferedAmount: bytes, maxBufferedMessages: messages, slowConsumer: policy, highWaterMark: high, lowWaterMark: low } = options
  const given = { maxBufferedAmount: bytes, maxBufferedMessages: messages, slowConsumer: policy, highWaterMark: high, lowWaterMark: low }
  return { maxBufferedAmount, maxBufferedMessages, slowConsumer, highWaterMark, lowWaterMark, given }
}

/** Infinity is a number, and switches the limit off. */
function isAboveZero(value: number): boolean {
  return typeof value === 'number' && value > 0
}

function check(isValid: boolean, option: string, expected: string): void {
  if (!isValid) throw new UsageError('WS_ERR_INVALID_OPTION', `the option ${option} must be ${expected}`)
}
