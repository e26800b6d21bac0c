// How a server, or an endpoint, is to end: what its peers are told, and by when it is over. Values only.
import { CloseCode } from '../protocol/close-code.js'
import { assertSendable } from '../protocol/close-payload.js'
import { UsageError } from '../protocol/errors.js'

export interface CloseOptions {
  /** What the peers are told. @default 1001, going away */
  readonly code?: number
  /** At most 123 bytes of UTF-8. @default '' */
  readonly reason?: string
  /** For what waits to be sent, the closing handshakes and the `close` handlers, in ms; then TCP is cut. @default 10_000 */
  readonly deadline?: number
}

/** @throws UsageError for a code or reason that cannot be sent, or a deadline out of range */
export function resolveCloseOptions(options: CloseOptions): Required<CloseOptions> {
  const { code = CloseCode.GoingAway, reason = '', deadline = 10_000 } = options
  assertSendable(code, reason)
  if (typeof deadline !== 'number' || !(deadline > 0)) throw new UsageError('WS_ERR_INVALID_OPTION', 'deadline must be a number of milliseconds above 0')
  return { code, reason, deadline }
}
