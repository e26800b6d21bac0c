// Where an established connection stands (RFC 6455 §7.1), as one value, and what that makes of its end. Knows no sockets.
import type { CloseStatus } from '@tocsin/core/protocol'
import type { LinkEnd } from '../shared/link.js'

/** Who said Close: nobody, we, the peer, both; `failed`: we failed the connection (RFC 6455 §7.1.7), and nothing more is taken. */
export type WireLife =
  | { readonly state: 'open' }
  | { readonly state: 'closing' }
  | { readonly state: 'closed'; readonly initiator: 'local' | 'peer'; readonly status: CloseStatus }
  | { readonly state: 'failed'; readonly code: number; readonly error: Error }

/** Whether frames of the peer still count: not after its Close frame (RFC 6455 §1.4), nor after a failure. */
export function isTaking({ state }: WireLife): boolean {
  return state === 'open' || state === 'closing'
}

/** No Close frame was received (RFC 6455 §7.1.5). */
export function broken(error: Error | undefined, initiator: LinkEnd['initiator']): LinkEnd {
  return { code: 1006, reason: '', clean: false, initiator, error }
}

/** @param error what the socket said */
export function endOf(life: WireLife, error: Error | undefined): LinkEnd {
  if (life.state === 'failed') return { code: life.code, reason: '', clean: false, initiator: 'local', error: life.error }
  if (life.state === 'closed') return { ...life.status, clean: true, initiator: life.initiator, error: undefined }
  return broken(error, life.state === 'closing' ? 'local' : 'peer')
}
