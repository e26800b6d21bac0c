// Whole messages that were accepted and wait: until the transport takes more, or until a message in fragments has ended.
// They are encoded, and deflated, when they leave, so that any of them can still be dropped. Knows no policy.
import { Buffer } from 'node:buffer'
import { frameHeaderSize } from '../protocol/frame-writer.js'
import { WAITING_OVERHEAD } from './send-limits.js'
import { SharedFrame } from './shared-frame.js'
import { ownCopy } from './slab.js'
import type { WholeMessage } from './whole-message.js'

/** One message that waits. */
export interface Waiting {
  readonly message: WholeMessage | SharedFrame
  /** In bytes, as a frame that is not compressed further. */
  readonly size: number
  readonly key: string | undefined
  previous: Waiting | undefined
  next: Waiting | undefined
}

/** A queue out of whose middle can be taken. */
export class Backlog {
  /** Messages. */
  length = 0
  bytes = 0
  /** Those of them that have no key. */
  unkeyedLength = 0
  unkeyedBytes = 0

  readonly #byKey = new Map<string, Waiting>()
  #first: Waiting | undefined
  #last: Waiting | undefined
  #oldestUnkeyed: Waiting | undefined

  /** What all of it takes, the entries included. */
  get cost(): number {
    return this.bytes + this.length * WAITING_OVERHEAD
  }

  get unkeyedCost(): number {
    return this.unkeyedBytes + this.unkeyedLength * WAITING_OVERHEAD
  }

  /** In memory of its own: it must not pin a slab, nor the string that it was cut from, nor change with the caller's. */
  push(message: WholeMessage | SharedFrame, key: string | undefined): void {
    const own = owned(message)
    const waiting: Waiting = { message: own, size: sizeOf(own), key, previous: this.#last, next: undefined }
    if (this.#last === undefined) this.#first = waiting
    else this.#last.next = waiting
    this.#last = waiting
    if (key === undefined) this.#oldestUnkeyed ??= waiting
    else this.#byKey.set(key, waiting)
    this.#count(waiting, 1)
  }

  shift(): WholeMessage | SharedFrame | undefined {
    const first = this.#first
    if (first !== undefined) this.remove(first)
    return first?.message
  }

  /** The newest with this key. */
  find(key: string): Waiting | undefined {
    return this.#byKey.get(key)
  }

  get oldestUnkeyed(): Waiting | undefined {
    return this.#oldestUnkeyed
  }

  remove(waiting: Waiting): void {
    const { previous, next, key } = waiting
    if (previous === undefined) this.#first = next
    else previous.next = next
    if (next === undefined) this.#last = previous
    else next.previous = previous
    if (key !== undefined && this.#byKey.get(key) === waiting) this.#byKey.delete(key)
    if (this.#oldestUnkeyed === waiting) this.#oldestUnkeyed = unkeyedFrom(next)
    this.#count(waiting, -1)
  }

  clear(): void {
    this.#first = this.#last = this.#oldestUnkeyed = undefined
    this.#byKey.clear()
    this.length = this.bytes = this.unkeyedLength = this.unkeyedBytes = 0
  }

  #count({ size, key }: Waiting, sign: 1 | -1): void {
    this.length += sign
    this.bytes += sign * size
    if (key !== undefined) return
    this.unkeyedLength += sign
    this.unkeyedBytes += sign * size
  }
}

/** From one oldest to the next: each message is passed over once. */
function unkeyedFrom(waiting: Waiting | undefined): Waiting | undefined {
  let at = waiting
  while (at !== undefined && at.key !== undefined) at = at.next
  return at
}

function owned(message: WholeMessage | SharedFrame): WholeMessage | SharedFrame {
  if (message instanceof SharedFrame) return message.detached()
  const { data } = message
  return { ...message, data: ownCopy(typeof data === 'string' ? Buffer.from(data) : data) }
}

function sizeOf(message: WholeMessage | SharedFrame): number {
  return message instanceof SharedFrame ? message.size : frameHeaderSize(message.data.length) + message.data.length
}
