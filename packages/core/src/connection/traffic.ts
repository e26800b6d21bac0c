// What has gone over one connection, for its own account and for its endpoint's: bytes, and when. Knows no frames. A base of
// wire.ts, not an object of its own: there is one per connection.
import type { Runtime } from '../runtime.js'
import type { ConnectionCounters } from './settings.js'

export interface TrafficHost {
  readonly runtime: Runtime
  readonly counters: ConnectionCounters
}

export class Traffic<Host extends TrafficHost> {
  readonly host: Host
  readonly connectedAt: number
  bytesReceived = 0
  bytesSent = 0
  bytesDropped = 0
  /** 0: never. */
  lastSentAt = 0
  /** Bytes of the HTTP response that wait in the outbox: they count nowhere. */
  #uncounted = 0

  constructor(host: Host) {
    this.host = host
    this.connectedAt = host.runtime.clock.now()
  }

  /** The next bytes that are sent, or dropped, are no frames. */
  protected expectUncounted(bytes: number): void {
    this.#uncounted = bytes
  }

  protected countReceived(bytes: number): void {
    this.bytesReceived += bytes
    this.host.counters.bytesReceived += bytes
  }

  onSent(written: number): void {
    const bytes = written - this.#uncounted
    this.#uncounted = 0
    if (bytes === 0) return
    this.bytesSent += bytes
    this.host.counters.bytesSent += bytes
    this.lastSentAt = this.host.runtime.clock.now()
  }

  /** @param bytes as they lay in the outbox */
  protected countUnsent(bytes: number): void {
    this.countDropped(bytes - this.#uncounted)
    this.#uncounted = 0
  }

  countDropped(bytes: number): void {
    this.bytesDropped += bytes
    this.host.counters.bytesDropped += bytes
  }
}
