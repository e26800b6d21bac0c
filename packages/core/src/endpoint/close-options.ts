// How a server, or an endpoint, is to end: what its peers are told, when, and by when it is over. Values only.
import type { ClosingOrder } from '../dispatcher/server-closing.js'
import { CloseCode } from '../protocol/close-code.js'
import { assertSendable } from '../protocol/close-payload.js'
import { UsageError } from '../protocol/errors.js'

export interface CloseOptions {
  /** What the peers are told. 1012 (service restart) asks them to come back, 5 to 30 s later. @default 1001, going away */
  readonly code?: number
  /** At most 123 bytes of UTF-8. @default '' */
  readonly reason?: string
  /**
   * For what waits to be sent, the closing handshakes and the `close` handlers, in ms from the end of `readinessDelay`; then TCP is cut and
   * handlers are not waited for any longer. @default 10_000
   */
  readonly deadline?: number
  /**
   * Each connection gets its Close at a random moment within so many ms, in batches of 100 ms, so that not all peers come back in the same
   * moment; until then it works as ever. 0: all at once. At most half of `deadline`: the last ones need time for their closing handshake.
   * @default 0 for up to 100 connections; for more, half a millisecond for each, at most half of `deadline`
   */
  readonly spread?: number | undefined
  /**
   * From the moment in which `isReady` turns false to the first refused upgrade, in ms: time for load balancers to notice. Everything goes on
   * meanwhile, new connections included. Cost: so much longer until all is over. @default 0
   */
  readonly readinessDelay?: number
}

/** The options with their defaults; how long `spread` is by default depends on how many there are. */
export interface ResolvedCloseOptions extends ClosingOrder {
  readonly readinessDelay: number
}

/** @throws UsageError for a code or reason that cannot be sent, or a time out of range */
export function resolveCloseOptions(options: CloseOptions): ResolvedCloseOptions {
  const { code = CloseCode.GoingAway, reason = '', deadline = 10_000, spread, readinessDelay = 0 } = options
  assertSendable(code, reason)
  check(typeof deadline === 'number' && deadline > 0, 'deadline must be a number of milliseconds above 0')
  check(isDuration(readinessDelay), 'readinessDelay must be a number of milliseconds')
  check(spread === undefined || isDuration(spread), 'spread must be a number of milliseconds')
  check((spread ?? 0) <= deadline / 2, 'spread must be at most half of the deadline: shorten it, or give the deadline more time')
  return { code, reason, deadline, spread, readinessDelay }
}

function isDuration(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value < Infinity
}

function check(isValid: boolean, message: string): void {
  if (!isValid) throw new UsageError('WS_ERR_INVALID_OPTION', message)
}
