// Where a client stands, as one value; `readyState` is what browsers say of it. Types, and the two values that everybody needs.
import type { Cut, Link, LinkEnd } from './link.js'

/** Nothing of the others' is there. */
interface Stage {
  /** Ends the attempt, and the connection that it led to, at once; nobody reports any more. */
  cut?: Cut
  readonly link?: Link
  readonly since?: number
  readonly delay?: number
}

/** Until the next attempt, in `delay` ms. */
interface Waiting extends Stage {
  readonly readyState: 0
  readonly delay: number
}

export interface Connecting extends Stage {
  readonly readyState: 0
  readonly delay?: never
}

interface Connected extends Stage {
  /** 2: no more is accepted for sending. */
  readonly readyState: 1 | 2
  readonly link: Link
  readonly since: number
  readonly delay?: never
}

interface Closed extends Stage {
  readonly readyState: 3
}

export type Life = Waiting | Connecting | Connected | Closed

export const CLOSED: Life = { readyState: 3 }

/** No attempt comes after that. */
export const NEVER = Infinity

/** No Close frame was received (RFC 6455 §7.1.5). */
export function broken(error?: Error, initiator: LinkEnd['initiator'] = 'local'): LinkEnd {
  return { code: 1006, reason: '', clean: false, initiator, error }
}
