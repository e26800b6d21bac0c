// A peer that does not keep up: what waits for it, the policy beyond the limits, the water marks, and the account of all
// this. Exists from the first time that something has to wait. Knows messages by their size and key.
import { CloseCode } from '../protocol/close-code.js'
import { WebSocketError } from '../protocol/errors.js'
import { type ObservedConnection, diagnostics } from '../diagnostics.js'
import { Backlog, type Waiting } from './backlog.js'
import type { Closing } from './closing.js'
import { type SendLimits, WAITING_OVERHEAD } from './send-limits.js'
import type { ConnectionCounters } from './settings.js'
import type { SharedFrame } from './shared-frame.js'
import type { WholeMessage } from './whole-message.js'

export interface SlowConsumerOwner {
  readonly connection: unknown
  readonly host: { readonly counters: ConnectionCounters }
  readonly limits: SendLimits
  readonly closing: Closing
  /** Besides the backlog: bytes, and what they take. */
  readonly outgoing: { readonly held: number; readonly heldCost: number }
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

  /** Whether a whole message of this size may be sent or wait, after what the policy drops for it. */
  admits(size: number, { key, waits }: { readonly key: string | undefined; readonly waits: boolean }): boolean {
    const { maxBufferedAmount, maxBufferedMessages, slowConsumer } = this.#owner.limits
    const { backlog } = this
    const former = slowConsumer === 'latest' && key !== undefined ? backlog.find(key) : undefined
    const cost = costOf(size, waits)
    const lacking = this.#cost - (former === undefined ? 0 : costOf(former.size, true)) + cost - maxBufferedAmount
    const crowd = waits ? backlog.length - (former === undefined ? 0 : 1) + 1 - maxBufferedMessages : 0
    if ((lacking > 0 || crowd > 0) && !this.#canDrop(lacking, crowd)) return this.#refuse(size)
    if (former !== undefined) this.#drop(former)
    this.#dropOldest(lacking, crowd)
    this.observe(cost)
    return true
  }

  /** Whether something may be sent that cannot be dropped: a part of a message that has begun, a control frame. It counts without what waits behind it. */
  admitsPart(size: number, waits: boolean): boolean {
    const { limits, outgoing } = this.#owner
    const cost = costOf(size, waits)
    const counted = limits.slowConsumer === 'close' ? this.#cost : outgoing.heldCost
    if (counted + cost > limits.maxBufferedAmount) return this.#refuse(size)
    this.observe(cost)
    return true
  }

  /** Of all that waits. */
  get #cost(): number {
    return this.#owner.outgoing.heldCost + this.backlog.cost
  }

  get #bufferedAmount(): number {
    return this.#owner.outgoing.held + this.backlog.bytes
  }

  #canDrop(cost: number, messages: number): boolean {
    const { slowConsumer } = this.#owner.limits
    if (slowConsumer !== 'drop-oldest' && slowConsumer !== 'latest') return false
    return cost <= this.backlog.unkeyedCost && messages <= this.backlog.unkeyedLength
  }

  #dropOldest(cost: number, messages: number): void {
    const { backlog } = this
    const [maxCost, maxLength] = [backlog.unkeyedCost - cost, backlog.unkeyedLength - messages]
    while (backlog.unkeyedCost > maxCost || backlog.unkeyedLength > maxLength) this.#drop(backlog.oldestUnkeyed!)
  }

  #drop(waiting: Waiting): void {
    const { host, limits } = this.#owner
    this.#report(limits.slowConsumer, waiting.size)
    this.backlog.remove(waiting)
    this.messagesDropped++
    host.counters.messagesDropped++
    this.#owner.countDropped(waiting.size)
  }

  #refuse(size: number): false {
    const { host, limits } = this.#owner
    host.counters.sendsRefused++
    const isFatal = limits.slowConsumer === 'close'
    this.#report(limits.slowConsumer, isFatal ? this.#bufferedAmount + size : size)
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

  #report(policy: SendLimits['slowConsumer'], dropped: number): void {
    if (!diagnostics.slowConsumer.hasSubscribers) return
    const connection = this.#owner.connection as ObservedConnection
    diagnostics.slowConsumer.publish({ connection, policy, bufferedAmount: this.#bufferedAmount, dropped })
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

  /** What waits has changed; so much is about to be added. */
  observe(added = 0): void {
    const { highWaterMark, lowWaterMark } = this.#owner.limits
    const cost = this.#cost + added
    if (this.isCongested ? cost > lowWaterMark : cost < highWaterMark) return
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

/** What waits takes more than its bytes. */
function costOf(size: number, waits: boolean): number {
  return waits ? size + WAITING_OVERHEAD : size
}
