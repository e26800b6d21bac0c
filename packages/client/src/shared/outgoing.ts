// Everything on its way out, in one ledger that outlives connections: what waits, and what this connection was given and nobody has
// confirmed. Each message is given to one connection at most.
import type { Clock } from './clock.js'
import type { Life } from './life.js'
import type { Link, Payload, Platform, SendOptions } from './link.js'
import type { ClientOptions } from './options.js'

export interface OutgoingOwner {
  readonly life: Life
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

interface Entry {
  readonly data: Payload
  readonly options: SendOptions
  /** Bytes, about. */
  readonly size: number
  /** From then on it is not sent any more. */
  readonly expiresAt: number
  next?: Entry
}

/** What a message costs besides its content, so that many empty ones do not go for nothing. */
const OVERHEAD = 16

export class Outgoing {
  /** What waits is held back. */
  isHeld = false
  waitingBytes = 0
  readonly #owner: OutgoingOwner
  readonly #maxSize: number
  /** What waits begins behind this one. */
  #before = {} as Entry
  #last = this.#before
  /** How many of those that this connection was given are unconfirmed, and the last of them, in two generations. */
  #unconfirmed = 0
  #older: Payload[] = []
  #given: Payload[] = []
  #givenBytes = 0

  constructor(owner: OutgoingOwner) {
    this.#owner = owner
    this.#maxSize = owner.options.maxQueueSize ?? 1_048_576
  }

  get bufferedAmount(): number {
    return this.waitingBytes + (this.#owner.life.link?.status.bufferedAmount ?? 0)
  }

  /** @returns whether it was handed over or kept. @throws UsageError for what cannot be sent */
  send(data: Payload, options: SendOptions): boolean {
    const { life: { readyState, link }, clock, options: { queueWhileDisconnected = true, maxQueueAge = 30_000 } } = this.#owner
    const size = OVERHEAD + (typeof data === 'string' ? data.length : Number((data as ArrayBuffer | null)?.byteLength))
    if (!(size >= OVERHEAD)) throw this.#owner.platform.misuse('WS_ERR_PAYLOAD')
    if (readyState > 1 || !(readyState || queueWhileDisconnected)) return false
    this.flush()
    // Now nothing waits, or this goes first.
    const isTaken = canTake(link)
    if (!isTaken && this.waitingBytes + size > this.#maxSize) return false
    // Bytes that wait are copied: the caller may write to them after the call.
    const kept = isTaken || typeof data === 'string' ? data : copyOf(data)
    const entry = { data: kept, options, size, expiresAt: clock.now() + maxQueueAge }
    if (isTaken) this.#give(link!, entry)
    else {
      this.#last = this.#last.next = entry
      this.waitingBytes += size
    }
    return true
  }

  /** Hands over what the connection takes, and drops what has waited for too long: all get the same time, so it stands first. */
  flush(): void {
    for (let entry; !this.isHeld && (entry = this.#before.next);) {
      const { clock, life: { link, readyState } } = this.#owner
      const reason = readyState > 2 ? 'closed' : entry.expiresAt <= clock.now() && 'expired'
      if (!reason && !canTake(link)) return
      this.#before = entry
      this.waitingBytes -= entry.size
      if (reason) this.#owner.emit('dropped', { data: entry.data, reason })
      else this.#give(link!, entry)
    }
  }

  #give(link: Link, { data, options, size }: Entry): void {
    this.#unconfirmed++
    this.#given.push(data)
    this.#givenBytes += size
    if (this.#givenBytes > this.#maxSize) {
      this.#older = this.#given
      this.#given = []
      this.#givenBytes = 0
    }
    link.send(data, options)
  }

  /** The next `count` of the unconfirmed have arrived. */
  confirm(count: number): void {
    this.#unconfirmed -= count
  }

  /** The connection has ended. @param isConfirmed whether all that it was given has arrived */
  detach(isConfirmed: boolean): Unconfirmed {
    const count = isConfirmed ? 0 : this.#unconfirmed
    const given = [...this.#older, ...this.#given]
    this.isHeld = false
    this.#unconfirmed = this.#givenBytes = 0
    this.#older = this.#given = []
    return { count, messages: given.slice(-count || given.length) }
  }
}

/** Beyond that a message waits with us, where it survives the connection. */
const HIGH_WATER = 65_536

function canTake(link: Link | undefined): boolean {
  return link?.status.readyState === 1 && link.status.bufferedAmount < HIGH_WATER
}

/** Whatever kind of view it is. */
function copyOf(data: ArrayBufferView | ArrayBuffer): Uint8Array {
  const { buffer = data as ArrayBuffer, byteOffset, byteLength } = data as Partial<ArrayBufferView>
  return new Uint8Array(buffer, byteOffset, byteLength).slice()
}
