// When a connection reads and when it does not: bytes go to the receiver while the application can take more; otherwise
// the transport is paused, in the middle of a chunk if need be. Knows no frames.
import type { Buffer } from 'node:buffer'
import type { Outbox } from './outbox.js'
import { Receiver, type ReceiverOwner } from './receiver.js'
import type { ConnectionSettings } from './settings.js'
import type { Transport } from './transport.js'

/** After a failure the peer's bytes are read and thrown away up to here, so that it gets to see our Close frame. */
const MAX_DISCARDED = 1024 * 1024

export interface IntakeOwner extends ReceiverOwner {
  readonly transport: Transport
  readonly outbox: Outbox
  readonly inbox: { readonly isFull: boolean }
  readonly watchdog: { excuse(): void }
  /** Whether the peer's frames still count. */
  readonly takesFrames: boolean
  /** The bytes broke a rule. */
  onReceiveError(error: unknown): void
  /** Bytes that were read before can be taken now: calls pump(), in the right async context. */
  onUnparsedDue(): void
  /** The peer has sent FIN, and all that came before it has been taken. */
  onIntakeEnd(): void
}

export class Intake {
  readonly #owner: IntakeOwner
  readonly #settings: ConnectionSettings
  /** Made with the first byte: most connections are idle most of the time, and many only listen. */
  #receiver: Receiver | undefined
  /** By the application, by its rate limit, or by both: nothing is taken. */
  #isHeld = false
  #isPaused = false
  #isThrottled = false
  #isTransportPaused = false
  #hasEnded = false
  #discarded = 0

  constructor(owner: IntakeOwner, settings: ConnectionSettings) {
    this.#owner = owner
    this.#settings = settings
  }

  /** Whether the next frame may be taken. */
  get canReceive(): boolean {
    return this.#owner.takesFrames && !this.#isHeld && !this.#owner.inbox.isFull && this.#receiver?.hasYielded !== true
  }

  /** False while reading is stopped on our side. */
  get isReading(): boolean {
    return !this.#isTransportPaused
  }

  /** Whether the application has asked for a pause. */
  get isPaused(): boolean {
    return this.#isPaused
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.#hold()
  }

  /** Stops until the rate of this peer allows more. */
  setThrottled(isThrottled: boolean): void {
    this.#isThrottled = isThrottled
    this.#hold()
  }

  /** The closing handshake has begun: what still comes is not held up by anything but handlers. */
  unhold(): void {
    this.#isPaused = this.#isThrottled = false
    this.#hold()
  }

  #hold(): void {
    this.#isHeld = this.#isPaused || this.#isThrottled
    this.goOn()
  }

  get #hasUnparsed(): boolean {
    return this.#receiver?.hasUnparsed === true
  }

  start(): void {
    this.#adjust()
    if (!this.#isTransportPaused) this.#owner.transport.resume()
  }

  take(chunk: Buffer): void {
    this.#receiver ??= new Receiver(this.#owner, this.#settings)
    this.#receiver.feed(chunk, this.#owner.transport.lends)
    this.pump()
    if (this.#owner.transport.lends) this.#receiver.keepUnparsed()
  }

  /** FIN. Messages that came before it and were held up are not lost. */
  end(): void {
    this.#hasEnded = true
    if (!this.#hasUnparsed) this.#owner.onIntakeEnd()
  }

  /** The application may have caught up: first what has been read already, then the transport. */
  goOn(): void {
    if (this.canReceive && this.#hasUnparsed) this.#owner.onUnparsedDue()
    else this.#adjust()
  }

  /** One write at the end for all that was sent meanwhile. */
  pump(): void {
    const { outbox } = this.#owner
    if (outbox.isGathering) return
    outbox.isGathering = true
    try {
      this.#receiver?.pump()
    } catch (error) {
      this.#owner.onReceiveError(error)
    }
    outbox.flushReplies()
    if (this.#hasEnded && this.#owner.takesFrames && !this.#hasUnparsed) this.#owner.onIntakeEnd()
    this.#adjust()
  }

  /** Reading stops while the application holds us up; once the connection is ending, the end of TCP must be seen. */
  #adjust(): void {
    const shouldPause = this.#owner.takesFrames && !this.canReceive
    if (shouldPause === this.#isTransportPaused) return
    this.#isTransportPaused = shouldPause
    this.#receiver?.setReading(!shouldPause)
    if (shouldPause) return this.#owner.transport.pause()
    this.#owner.watchdog.excuse()
    this.#owner.transport.resume()
  }

  /** The connection is ending: its bytes do not count any more. */
  discard(size: number): void {
    this.#discarded += size
    if (this.#discarded > MAX_DISCARDED) this.#owner.transport.destroy()
  }

  /** Nothing of what was read and not handed out will be. */
  stop(): void {
    this.#receiver?.discard()
    this.#adjust()
  }
}
