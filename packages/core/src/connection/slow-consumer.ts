// A peer that does not keep up: what waits for it, the policy beyond the limits, the water marks, and the account of all
// this. Exists from the first time that something has to wait. Knows messages by their size and key.
import { CloseCode } from '../protocol/close-code.js'
import { WebSocketError } from '../protocol/errors.js'
import { type ObservedConnection, diagnostics } from '../diagnostics.js'
import { Backlog, type Waiting } from './backlog.js'
import type { Closing } from './closing.js'
import type { SendLimits } from './send-limits.js'
import type { ConnectionCounters } from './settings.js'
import type { SharedFrame } from './shared-frame.js'
import type { WholeMessage } from './whole-message.js'

export interface SlowConsumerOwner {
  readonly connection: unknown
  readonly host: { readonly counters: ConnectionCounters }
  readonly limits: SendLimits
  readonly closing: Closing
  countDropped(bytes: number): void
  onCongestion(isCongested: boolean): void
}

export class SlowConsumer {
  readonly backlog = new Backlog()
  isCongested = false
  messagesDropped = 0
  readonly #owner: SlowConsumerOwner

  constructor(owner: SlowConsumerOwner) {
    this.#owner = owner
  }

  /** Whether a whole message of this size may be sent or wait, after what the policy drops for it. @param held bytes besides the backlog */
  admits(size: number, { held, key, waits }: { readonly held: number; readonly key: string | undefined; readonly waits: boolean }): boolean {
    const { maxBufferedAmount, maxBufferedMessages, slowConsumer } = this.#owner.limits
    const { backlog } = this
    const former = slowConsumer === 'latest' && key !== undefined ? backlog.find(key) : undefined
    const lacking = held + backlog.bytes - (former?.size ?? 0) + size - maxBufferedAmount
    const crowd = waits ? backlog.length - (former === undefined ? 0 : 1) + 1 - maxBufferedMessages : 0
    if ((lacking > 0 || crowd > 0) && !this.#canDrop(lacking, crowd)) return this.#refuse(size, held)
    if (former !== undefined) this.#drop(former, held)
    this.#dropOldest(lacking, crowd, held)
    this.onAmount(held + backlog.bytes + size)
    return true
  }

  /** Whether something may be sent that cannot be dropped: a part of a message that has begun, a control frame. It counts without what waits behind it. */
  admitsPart(size: number, held: number): boolean {
    const { maxBufferedAmount, slowConsumer } = this.#owner.limits
    const counted = slowConsumer === 'close' ? held + this.backlog.bytes : held
    if (counted + size > maxBufferedAmount) return this.#refuse(size, held)
    this.onAmount(held + this.backlog.bytes + size)
    return true
  }

  #canDrop(bytes: number, messages: number): boolean {
    const { slowConsumer } = this.#owner.limits
    if (slowConsumer !== 'drop-oldest' && slowConsumer !== 'latest') return false
    return bytes <= this.backlog.unkeyedBytes && messages <= this.backlog.unkeyedLength
  }

  #dropOldest(bytes: number, messages: number, held: number): void {
    const { backlog } = this
    const [maxBytes, maxLength] = [backlog.unkeyedBytes - bytes, backlog.unkeyedLength - messages]
    while (backlog.unkeyedBytes > maxBytes || backlog.unkeyedLength > maxLength) this.#drop(backlog.oldestUnkeyed!, held)
  }

  #drop(waiting: Waiting, held: number): void {
    const { host, limits } = this.#owner
    this.#report(limits.slowConsumer, { held, dropped: waiting.size })
    this.backlog.remove(waiting)
    this.messagesDropped++
    host.counters.messagesDropped++
    this.#owner.countDropped(waiting.size)
  }

  #refuse(size: number, held: number): false {
    const { host, limits } = this.#owner
    host.counters.sendsRefused++
    const isFatal = limits.slowConsumer === 'close'
    this.#report(limits.slowConsumer, { held, dropped: isFatal ? held + this.backlog.bytes + size : size })
    if (isFatal) this.fail()
    return false
  }

  /** The policy `close`, and the end of a message that has begun and finds no room: the peer is told to come back later. */
  fail(): void {
    const { closing, host, limits } = this.#owner
    const message = `more than maxBufferedAmount (${limits.maxBufferedAmount} bytes) or maxBufferedMessages (${limits.maxBufferedMessages}) waited to be sent`
    host.counters.slowConsumersClosed++
    closing.fail({ code: CloseCode.TryAgainLater, reason: 'too slow' }, new WebSocketError('WS_ERR_SLOW_CONSUMER', message))
  }

  #report(policy: SendLimits['slowConsumer'], { held, dropped }: { held: number; dropped: number }): void {
    if (!diagnostics.slowConsumer.hasSubscribers) return
    const connection = this.#owner.connection as ObservedConnection
    diagnostics.slowConsumer.publish({ connection, policy, bufferedAmount: held + this.backlog.bytes, dropped })
  }

  hold(message: WholeMessage | SharedFrame, key: string | undefined): void {
    this.backlog.push(message, this.#owner.limits.slowConsumer === 'latest' ? key : undefined)
  }

  /** What waits will never be sent. @returns how much that is, in bytes */
  clear(): number {
    const { bytes, length } = this.backlog
    this.messagesDropped += length
    this.#owner.host.counters.messagesDropped += length
    this.backlog.clear()
    return bytes
  }

  /** So much waits now, in the kernel's way and behind it. */
  onAmount(bytes: number): void {
    const { highWaterMark, lowWaterMark } = this.#owner.limits
    if (this.isCongested ? bytes > lowWaterMark : bytes < highWaterMark) return
    this.#setCongested(!this.isCongested)
    this.#owner.onCongestion(this.isCongested)
  }

  #setCongested(isCongested: boolean): void {
    this.isCongested = isCongested
    this.#owner.host.counters.congested += isCongested ? 1 : -1
  }

  /** The connection has closed: it congests nothing any more. */
  onClosed(): void {
    if (this.isCongested) this.#setCongested(false)
  }
}
