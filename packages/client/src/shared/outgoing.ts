// Everything on its way out, in one ledger that outlives connections: first what this connection was given and nobody has
// confirmed, then what waits. Each message is given to one connection at most. Knows no life and no handlers.
import type { Link, Payload, Platform, SendOptions } from './link.js'
import type { Settings } from './options.js'

/** What was handed to a connection before it ended, without a sign that it reached the peer. It may have. */
export interface Unconfirmed {
  /** Messages. */
  readonly count: number
  /** The last of them, as they were passed to `send()`: all, or as many as fit into `maxQueueSize`. */
  readonly messages: readonly Payload[]
}

export type OnDropped = (data: Payload, reason: 'expired' | 'closed') => void

interface Entry {
  readonly data: Payload
  readonly options: SendOptions
  /** Bytes, about. */
  readonly size: number
  /** From then on it is not sent any more. */
  readonly expiresAt: number
}

interface Waiter {
  /** That this connection has been given everything; otherwise that it has left, or was given up. */
  readonly isForLink: boolean
  readonly callback: () => void
}

/** What a message costs besides its content, so that many empty ones do not go for nothing. */
const OVERHEAD = 16

export class Outgoing {
  readonly #settings: Settings
  readonly #platform: Pick<Platform<unknown>, 'UsageError'>
  readonly #onDropped: OnDropped
  /** Up to `#handed` they were given to the connection; behind it they wait. */
  readonly #entries: Entry[] = []
  #handed = 0
  #handedBytes = 0
  #waitingBytes = 0
  /** Messages that this connection was given, and those of them that have arrived. */
  #given = 0
  #confirmed = 0
  #link: Link | undefined
  /** The handlers of `open` have their say before what has waited for the connection. */
  #isFirst = false
  /** Who waits for a state of this, and for which. */
  #waiters: Waiter[] = []

  constructor(settings: Settings, platform: Pick<Platform<unknown>, 'UsageError'>, onDropped: OnDropped) {
    this.#settings = settings
    this.#platform = platform
    this.#onDropped = onDropped
  }

  get bufferedAmount(): number {
    return this.#waitingBytes + (this.#link?.bufferedAmount ?? 0)
  }

  /** @returns whether it was handed over or kept. @throws UsageError for what cannot be sent */
  send(data: Payload, options: SendOptions): boolean {
    const { clock, maxQueueAge, maxQueueSize } = this.#settings
    const size = OVERHEAD + this.#sizeOf(data)
    const entry = { data, options, size, expiresAt: clock.now() + maxQueueAge }
    this.flush()
    // Now nothing waits, or this goes first.
    if (this.#link?.canTake === true) {
      this.#entries.splice(this.#handed, 0, entry)
      this.#waitingBytes += size
      this.#hand(this.#link)
      return true
    }
    if (this.#waitingBytes + size > maxQueueSize) return false
    // Bytes that wait are copied: the caller may write to them after the call.
    this.#entries.push(typeof data === 'string' ? entry : { ...entry, data: copyOf(data) })
    this.#waitingBytes += size
    return true
  }

  #sizeOf(data: Payload): number {
    if (typeof data === 'string') return data.length
    if (ArrayBuffer.isView(data) || Object.prototype.toString.call(data) === '[object ArrayBuffer]') return data.byteLength
    throw new this.#platform.UsageError('WS_ERR_PAYLOAD', 'only a string, an ArrayBuffer or a byte view can be sent')
  }

  /** A connection is there. What is sent before release() goes ahead of what waits: credentials, say. */
  attach(link: Link): void {
    this.#link = link
    this.#isFirst = true
  }

  /** The connection gets what waits. */
  release(): void {
    this.#isFirst = false
    this.flush()
  }

  /** The connection has ended. @param isConfirmed whether all that it was given has arrived */
  detach(isConfirmed: boolean): Unconfirmed {
    if (isConfirmed) this.confirm(this.#given)
    this.#trim()
    const count = this.#given - this.#confirmed
    const messages = this.#entries.splice(0, this.#handed).map(({ data }) => data)
    this.#handed = this.#handedBytes = this.#given = this.#confirmed = 0
    this.#link = undefined
    this.#isFirst = false
    // Only those who wait for the end of everything outlive the connection.
    this.#waiters = this.#waiters.filter(({ isForLink }) => !isForLink)
    return { count, messages }
  }

  /** The first `count` that this connection was given have arrived. */
  confirm(count: number): void {
    this.#forget(count - (this.#given - this.#handed))
    this.#confirmed = count
  }

  /** Hands over what the connection takes. */
  flush(): void {
    this.#drop(this.#settings.clock.now(), 'expired')
    while (!this.#isFirst && this.#waitingBytes > 0 && this.#link?.canTake === true) this.#hand(this.#link)
    for (const waiter of this.#waiters.splice(0)) {
      if ((waiter.isForLink ? this.#waitingBytes : this.bufferedAmount) === 0) waiter.callback()
      else this.#waiters.push(waiter)
    }
  }

  #hand(link: Link): void {
    const { data, options, size } = this.#entries[this.#handed++]!
    this.#given++
    this.#waitingBytes -= size
    this.#handedBytes += size
    // The excess is cut off in one go, so that a long one-way stream costs no move for each message.
    if (this.#handedBytes > this.#settings.maxQueueSize * 2) this.#trim()
    link.send(data, options)
  }

  #trim(): void {
    let count = 0
    for (let excess = this.#handedBytes - this.#settings.maxQueueSize; excess > 0; count++) excess -= this.#entries[count]!.size
    this.#forget(count)
  }

  /** @param count of the oldest that were handed over */
  #forget(count: number): void {
    for (const { size } of this.#entries.splice(0, Math.max(0, count))) {
      this.#handedBytes -= size
      this.#handed--
    }
  }

  /** Calls once everything that waits was handed to this connection. */
  whenHanded(callback: () => void): void {
    this.#waiters.push({ isForLink: true, callback })
    this.flush()
  }

  /** Resolves when nothing waits any more. */
  drained(): Promise<void> {
    return new Promise((callback) => {
      this.#waiters.push({ isForLink: false, callback })
      this.flush()
    })
  }

  /** There will be no connection: what waits is given up. */
  close(): void {
    this.#drop(Infinity, 'closed')
    this.flush()
  }

  /** All get the same time, so those that have expired are the first ones that wait. */
  #drop(now: number, reason: 'expired' | 'closed'): void {
    let end = this.#handed
    while (end < this.#entries.length && this.#entries[end]!.expiresAt <= now) end++
    if (end === this.#handed) return
    for (const { data, size } of this.#entries.splice(this.#handed, end - this.#handed)) {
      this.#waitingBytes -= size
      this.#onDropped(data, reason)
    }
  }
}

function copyOf(data: ArrayBufferView | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice() : new Uint8Array(data.slice())
}
