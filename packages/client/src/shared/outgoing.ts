// Everything on its way out, in one ledger that outlives connections: what waits, and what this connection was given and nobody has
// confirmed. Each message is given to one connection at most.
import type { Clock } from './clock.js'
import type { Life } from './life.js'
import type { LinkEnd, Payload, SendOptions } from './link.js'
import type { ClientOptions } from './options.js'
import type { Platform } from './platform.js'

export interface OutgoingOwner extends Life {
  readonly options: ClientOptions
  readonly clock: Clock
  readonly platform: Pick<Platform<never>, 'misuse'>
  emit(event: 'dropped', value: { readonly data: Payload; readonly reason: 'expired' | 'closed' }): void
}

/** What was handed to a connection before it ended, without a sign that it reached the peer. It may have. */
export interface Unconfirmed {
  /** Messages. */
  readonly count: number
  /** As they were passed to `send()`: all, or the last of them, at least as many as fit into `maxQueueSize` and at most twice so many. */
  readonly messages: readonly Payload[]
}

export interface Outgoing {
  /** @returns whether it was handed over or kept. @throws UsageError for what cannot be sent */
  send(data: Payload, options: SendOptions): boolean
  /** Hands over what the connection takes, and drops what has waited for too long: all get the same time, so it stands first. */
  flush(): void
  /** Bytes that wait. */
  waiting(): number
  /** The next `count` of the unconfirmed have arrived. */
  confirm(count: number): void
  /** The connection has ended. If it was with the answer to our Close, the server has taken all that came before. */
  detach(end: LinkEnd): Unconfirmed
}

interface Entry {
  data: Payload
  readonly options: SendOptions
  /** Bytes, about. */
  readonly size: number
  /** From then on it is not sent any more. */
  readonly expiresAt: number
  next?: Entry
}

/** What a message costs besides its content (150 to 210 bytes, measured), so that many tiny ones do not fill the heap. */
const OVERHEAD = 200

/** Beyond that a message waits with us, where it survives the connection. */
const HIGH_WATER = 65_536

export function createOutgoing(owner: OutgoingOwner): Outgoing {
  const { clock, options: { maxQueueSize = 1_048_576, maxQueueAge = 30_000, queueWhileDisconnected = true } } = owner
  /** What waits begins behind this one. */
  let before = {} as Entry
  let last = before
  let waitingBytes = 0
  /** How many of those that this connection was given are unconfirmed, and the last of them: two generations, the younger from `mark` on. */
  let unconfirmed = 0
  const given: Payload[] = []
  let givenBytes = 0
  let mark = 0
  const canTake = (): boolean => owner.link?.status.readyState === 1 && owner.link.status.bufferedAmount < HIGH_WATER
  const give = ({ data, options, size }: Entry): void => {
    unconfirmed++
    given.push(data)
    givenBytes += size
    if (givenBytes > maxQueueSize) {
      given.splice(0, mark)
      mark = given.length
      givenBytes = 0
    }
    owner.link!.send(data, options)
  }
  const flush = (): void => {
    for (let entry; !owner.isNew && (entry = before.next);) {
      const reason = owner.readyState > 2 ? 'closed' : entry.expiresAt <= clock.now() && 'expired'
      if (!reason && !canTake()) return
      before = entry
      waitingBytes -= entry.size
      if (reason) owner.emit('dropped', { data: entry.data, reason })
      else give(entry)
    }
  }
  return {
    flush,
    waiting: () => waitingBytes,
    confirm: (count) => { unconfirmed -= count },
    send(data, options) {
      const size = OVERHEAD + (typeof data === 'string' ? data.length : (data as ArrayBuffer | null)?.byteLength as number)
      if (!(size >= OVERHEAD)) throw owner.platform.misuse('WS_ERR_PAYLOAD')
      if (owner.readyState > 1 || !(owner.readyState || queueWhileDisconnected)) return false
      flush()
      // Now nothing waits, or this goes first.
      const entry: Entry = { data, options, size, expiresAt: clock.now() + maxQueueAge }
      if (canTake()) give(entry)
      else if (waitingBytes + size > maxQueueSize) return false
      else {
        entry.data = typeof data === 'string' ? data : copyOf(data)
        last = last.next = entry
        waitingBytes += size
      }
      return true
    },
    detach({ clean, initiator }) {
      const count = clean && initiator === 'local' ? 0 : unconfirmed
      unconfirmed = givenBytes = mark = 0
      return { count, messages: given.splice(0).slice(-count || Infinity) }
    },
  }
}

/** Bytes that wait are copied: the caller may write to them after the call. */
function copyOf(data: ArrayBufferView | ArrayBuffer): Uint8Array {
  const view = data as ArrayBufferView
  return new Uint8Array(view.buffer ?? data, view.byteOffset, view.byteLength).slice()
}
