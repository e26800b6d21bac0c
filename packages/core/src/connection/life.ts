// The life of a connection after its 101 as one value: open, closing (by whom), closed (how). Knows no sockets, no timers.
import { CloseCode } from '../protocol/close-code.js'
import type { CloseStatus } from '../protocol/close-payload.js'

/** Who began to end the connection. */
export type Initiator = 'local' | 'peer'

/** How a connection ended. */
export interface CloseEvent {
  /** The code of the peer's Close frame; the one we failed the connection with; 1005: it had none; 1006: no Close frame came (RFC 6455 §7.1.5). */
  readonly code: number
  /** At most 123 bytes of UTF-8; empty when none was given. */
  readonly reason: string
  /** Whether both Close frames were exchanged and no error cut the connection (RFC 6455 §7.1.4). */
  readonly clean: boolean
  readonly initiator: Initiator
  /** What broke the connection, when something did. */
  readonly error: Error | undefined
}

/** A closing handshake whose end the peer never got, and why. */
export interface Broken {
  readonly error: Error | undefined
}

export type Life =
  | { readonly state: 'open' }
  /** We have sent Close, or wait to: the peer's messages are still taken (RFC 6455 §7.1.2). */
  | { readonly state: 'closing'; readonly by: 'local' }
  /** Both Close frames are on their way: the server ends TCP (RFC 6455 §7.1.1), and nothing more is taken. */
  | { readonly state: 'closing'; readonly by: 'handshake'; readonly initiator: Initiator; readonly status: CloseStatus; readonly broken?: Broken }
  /** We have failed the connection (RFC 6455 §7.1.7): what still comes is discarded. */
  | { readonly state: 'closing'; readonly by: 'failure'; readonly status: CloseStatus; readonly error: Error | undefined }
  /** TCP has ended, or is being cut, without a closing handshake. */
  | { readonly state: 'closing'; readonly by: 'cut'; readonly initiator: Initiator; readonly error: Error | undefined }
  | { readonly state: 'closed'; readonly event: CloseEvent }

export const OPEN: Life = { state: 'open' }
export const CLOSING_LOCALLY: Life = { state: 'closing', by: 'local' }

/** Whether frames of the peer still count: after its Close frame, and after a failure, they do not (RFC 6455 §1.4, §7.1.7). */
export function takesFrames(life: Life): boolean {
  return life.state === 'open' || (life.state === 'closing' && life.by === 'local')
}

/** Browsers' numbers: 1 OPEN, 2 CLOSING, 3 CLOSED. 0 (CONNECTING) never occurs: a connection exists from its 101 on. */
export function readyStateOf(life: Life): 1 | 2 | 3 {
  return life.state === 'open' ? 1 : life.state === 'closing' ? 2 : 3
}

/** TCP is about to be cut by us, for a reason; `initiator` counts where nobody had begun to close. */
export interface Cut {
  readonly initiator: Initiator
  readonly error: Error | undefined
  /** Whether something of ours, the Close frame at least, has not left. */
  readonly hasUnsent: boolean
}

/** What was decided before stays; a closing handshake whose last part never left is not complete. */
export function lifeAfterCut(life: Life, { initiator, error, hasUnsent }: Cut): Life {
  if (life.state === 'open') return { state: 'closing', by: 'cut', initiator, error }
  if (life.state === 'closed') return life
  if (life.by === 'local') return { state: 'closing', by: 'cut', initiator: 'local', error }
  return life.by === 'handshake' && hasUnsent ? { ...life, broken: { error } } : life
}

/** The end of the story, once the transport has closed in this state. */
export function closeEventOf(life: Life, socketError: Error | undefined): CloseEvent {
  if (life.state === 'closed') return life.event
  if (life.state === 'open') return abnormal('peer', socketError)
  if (life.by === 'local') return abnormal('local', socketError)
  if (life.by === 'cut') return abnormal(life.initiator, life.error ?? socketError)
  const { code, reason } = life.status
  if (life.by === 'failure') return { code, reason, clean: false, initiator: 'local', error: life.error ?? socketError }
  const error = life.broken?.error ?? socketError
  return { code, reason, clean: error === undefined && life.broken === undefined, initiator: life.initiator, error }
}

function abnormal(initiator: Initiator, error: Error | undefined): CloseEvent {
  return { code: CloseCode.AbnormalClosure, reason: '', clean: false, initiator, error }
}
