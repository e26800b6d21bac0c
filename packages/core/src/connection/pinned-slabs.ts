// The slabs that unfinished writes hold, each counted whole, whatever little of it is waited for. What Node has been given
// cannot be taken back: so beyond the budget frames are copied out of their slab before they are written. Knows no sockets.
import type { Buffer } from 'node:buffer'

export class PinnedSlabs {
  /** Whether the budget is used up. */
  isFull = false
  /** Of all slabs that are held, in bytes. */
  bytes = 0
  readonly #budget: number
  readonly #slabs = new WeakSet<ArrayBufferLike>()
  /** How many writes hold each. */
  readonly #holders = new Map<ArrayBufferLike, number>()

  constructor(budget = Infinity) {
    this.#budget = budget
  }

  /** A slab is what has been registered here. */
  register(slab: Buffer): Buffer {
    this.#slabs.add(slab.buffer)
    return slab
  }

  has({ buffer }: Buffer): boolean {
    return this.#slabs.has(buffer)
  }

  /** A write has not been taken at once. */
  pin(part: Buffer): void {
    if (!this.has(part)) return
    const { buffer } = part
    const holders = this.#holders.get(buffer) ?? 0
    this.#holders.set(buffer, holders + 1)
    if (holders === 0) this.#count(buffer.byteLength)
  }

  /** It has been taken, or its socket is gone. */
  unpin({ buffer }: Buffer): void {
    const holders = this.#holders.get(buffer)
    if (holders === undefined) return
    if (holders > 1) this.#holders.set(buffer, holders - 1)
    else if (this.#holders.delete(buffer)) this.#count(-buffer.byteLength)
  }

  #count(bytes: number): void {
    this.bytes += bytes
    this.isFull = this.bytes >= this.#budget
  }
}
