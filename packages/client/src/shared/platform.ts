// What differs between Node and browsers. Types only.
import type { Cut, LinkEnd, LinkOwner } from './link.js'
import type { Policy } from './reconnect-policy.js'

/** The errors of the shared part: the caller's fault, and what came to nothing. */
export type Misuse = 'WS_ERR_CLAIMED' | 'WS_ERR_PAYLOAD'
export type Failure = 'WS_ERR_CLOSED' | 'WS_ERR_HANDSHAKE_TIMEOUT'

/** `Target` is a URL that has been checked. */
export interface Platform<Target> {
  /** A UsageError; the platform has the words. */
  misuse(code: Misuse): Error
  failure(code: Failure): Error
  /** @throws UsageError */
  parseUrl(url: string | URL): Target
  /** How long to wait after `failures` in a row, in ms; Infinity: for ever. */
  nextDelay(policy: Policy, end: LinkEnd, failures: number): number
  /** Reports nothing before it has returned. What breaks the attempt goes to onEnd(); a refusal by HTTP has `status` and perhaps `retryAfter`, in ms. */
  connect(target: Target, owner: LinkOwner): Cut
  /** @throws UsageError for a code or reason that must not be sent */
  checkClose(code: number, reason: string): void
}
