// Accepted messages on their way out, one after the other: whole, in fragments, or in slices. What cannot go now waits in the
// backlog of slow-consumer.ts. Knows neither the application nor what may be refused; bytes are the outbox's.
import type { Buffer } from 'node:buffer'
import { SLICE_SIZE } from '../compression/deflater.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import type { Opcode } from '../protocol/opcode.js'
import { FragmentedSend } from './fragmented-send.js'
import { OPEN } from './life.js'
import type { ConnectionCounters } from './settings.js'
import { SharedFrame } from './shared-frame.js'
import { SlicedSend } from './sliced-send.js'
import { SlowConsumer, type SlowConsumerOwner } from './slow-consumer.js'
import { type MessageWay, type WholeMessage, relayed, sendPlain, sendWhole } from './whole-message.js'

export interface OutgoingOwner extends MessageWay, SlowConsumerOwner {
  readonly host: { readonly counters: ConnectionCounters }
}

export class Outgoing {
  readonly #owner: OutgoingOwner
  /** The fragmented message that is open, if one is. */
  #fragmented: FragmentedSend | undefined
  /** The long message that is being deflated, if one is; `#fragmented` is then its. */
  #sliced: SlicedSend | undefined
  #slow: SlowConsumer | undefined

  constructor(owner: OutgoingOwner) {
    this.#owner = owner
  }

  /** Bytes that were accepted and that the kernel has not taken. */
  get bufferedAmount(): number {
    return this.held + (this.#slow?.backlog.bytes ?? 0)
  }

  /** Without what waits in the backlog. */
  get held(): number {
    return this.#owner.outbox.bufferedAmount + (this.#sliced?.pendingBytes ?? 0)
  }

  /** What that takes. */
  get heldCost(): number {
    return this.held + this.#owner.outbox.overhead
  }

  /** What there is to know of a peer that does not keep up; undefined while it always has. */
  get slow(): SlowConsumer | undefined {
    return this.#slow
  }

  get slowConsumer(): SlowConsumer {
    return (this.#slow ??= new SlowConsumer(this.#owner))
  }

  get hasOpenMessage(): boolean {
    return this.#fragmented !== undefined
  }

  /** The application's, in sends with `fin: false`. */
  get isInFragments(): boolean {
    return this.#fragmented?.isStream === false
  }

  /** The application's, by sendStream(). */
  get isStreaming(): boolean {
    return this.#fragmented?.isStream === true && this.#sliced === undefined
  }

  /** Fragments of different messages must not be interleaved, and what the transport has got no policy can drop. */
  get mustWait(): boolean {
    return this.#fragmented !== undefined || this.#owner.outbox.isBlocked
  }

  /** Whether the outbox may take whole messages without anybody being asked: after anything that decides about that has changed. */
  openWay(): void {
    const { life, compression, limits, outbox } = this.#owner
    if (life === OPEN && compression === undefined && !this.hasOpenMessage) outbox.openWay(limits.maxBufferedAmount)
    else outbox.closeWay()
  }

  /** Sends it now or later. */
  send(message: WholeMessage | SharedFrame, key: string | undefined): void {
    if (this.mustWait) this.slowConsumer.hold(message, key)
    else this.#sendNow(message)
  }

  #sendNow(message: WholeMessage | SharedFrame): void {
    if (message instanceof SharedFrame) this.sendFrame(message)
    else this.sendWhole(message)
  }

  /** Now: nothing is in its way. */
  sendFrame(frame: SharedFrame): void {
    if (frame.isDeflated) this.#owner.compression!.deflater.forgetHistory()
    this.#owner.outbox.sendShared(frame)
  }

  /** Now. RFC 7692 §7.2.1: what is deflated may be referred to by what follows, so it must not be dropped from here on. */
  sendWhole(message: WholeMessage): void {
    const owner = this.#owner
    if (message.data.length <= SLICE_SIZE) return sendWhole(owner, message)
    const payload = relayed(owner, message)
    if (payload !== undefined) return owner.outbox.sendBytes(firstByteOf(message.opcode, true, true), payload)
    this.#sliced = SlicedSend.begin(owner, message, () => this.#endFragmented())
    this.#fragmented = this.#sliced?.fragmented
    if (this.#sliced === undefined) sendPlain(owner, message)
  }

  /** Begins a message in fragments, deflated where that was agreed on, wished for and there is room for it. */
  begin(opcode: Opcode, { isStream, compress }: { readonly isStream: boolean; readonly compress: boolean | undefined }): void {
    this.#commit()
    const { outbox, compression } = this.#owner
    const deflater = compression !== undefined && compress !== false && compression.deflater.beginParts() ? compression.deflater : undefined
    this.#fragmented = new FragmentedSend(outbox, { opcode, isStream, rsv1: deflater !== undefined, deflater })
    this.openWay()
  }

  /** Begins a message in fragments that its sender has deflated. */
  beginDeflated(opcode: Opcode): void {
    this.#commit()
    this.#owner.compression!.deflater.forgetHistory()
    this.#fragmented = new FragmentedSend(this.#owner.outbox, { opcode, isStream: false, rsv1: true, deflater: undefined })
  }

  sendFragment(data: string | Buffer, fin: boolean): void {
    this.#fragmented!.sendFragment(data, fin)
    if (!fin) return
    this.#owner.host.counters.messagesSent++
    this.#endFragmented()
  }

  #endFragmented(): void {
    const { isDeflated } = this.#fragmented!
    this.#fragmented = this.#sliced = undefined
    this.openWay()
    if (isDeflated) this.#owner.host.counters.messagesDeflated++
    this.onRoom()
  }

  /** What is being deflated must be out before something that cannot wait; where the connection ends, nothing follows. */
  finishSliced(): void {
    while (this.#sliced !== undefined && this.#owner.life === OPEN) this.#sliced.finish()
  }

  /** Something follows that cannot wait behind what waits: all of that goes to the outbox, where no policy drops it. */
  #commit(): void {
    this.finishSliced()
    const backlog = this.#slow?.backlog
    while (backlog !== undefined && backlog.length > 0) {
      this.#sendNow(backlog.shift()!)
      this.finishSliced()
    }
  }

  /** Close follows. An unfinished message stays unfinished, and what waited for its end is dropped. @returns dropped bytes */
  end(): number {
    this.finishSliced()
    if (this.#fragmented === undefined && this.#owner.life === OPEN) this.#commit()
    return this.drop()
  }

  /** What has not come as far as the outbox will never be sent. @returns how much that is, in bytes */
  drop(): number {
    const dropped = (this.#sliced?.pendingBytes ?? 0) + (this.#slow?.clear() ?? 0)
    this.#sliced?.cancel()
    this.#fragmented = this.#sliced = undefined
    return dropped
  }

  /** The outbox can take more: what waits goes on, as far as it does, and up to a message that takes its time. */
  onRoom(): void {
    const backlog = this.#slow?.backlog
    if (backlog === undefined) return
    while (backlog.length > 0 && !this.mustWait && this.#owner.life === OPEN) this.#sendNow(backlog.shift()!)
  }

  /** The kernel has not taken all of a write. */
  onBlocked(): void {
    if (this.#slow !== undefined || this.heldCost >= this.#owner.limits.highWaterMark) this.slowConsumer.observe()
  }

  onWritten(): void {
    this.#slow?.observe()
  }

  onClosed(): void {
    this.#slow?.onClosed()
  }
}
