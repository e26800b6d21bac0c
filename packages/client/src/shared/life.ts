// Where a client stands, as one value. Types, and the two values that everybody needs.
import type { Link, LinkEnd } from './link.js'

/** One value for where it stands; `readyState` is what browsers say of it. */
export type Life =
  | { readonly readyState: 0; readonly abort: AbortController; readonly timer: unknown }
  /** Until the next attempt. */
  | { readonly readyState: 0; readonly delay: number; readonly timer: unknown }
  | { readonly readyState: 1 | 2; readonly link: Link; readonly since: number; readonly timer?: unknown }
  | { readonly readyState: 3 }

/** What the application wants after the life that goes on now: a number: another one, after so many ms. */
export type Wish = 'end' | number | undefined

/** Who waits for a promise. */
export interface Waiter<T> {
  resolve(value: T): void
  reject(error: Error): void
}

export const CLOSED: Life = { readyState: 3 }

/** An attempt that came to nothing. */
export function failed(error: Error | undefined, initiator: LinkEnd['initiator'] = 'peer'): LinkEnd {
  return { code: 1006, reason: '', clean: false, initiator, error }
}
