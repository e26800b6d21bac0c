// Where messages get their memory. It lies outside of V8's heap: somebody has to see to it that it is collected in time, and that
// the allocator keeps it for the next message (docs/adr/0014-memory-of-messages.md).
import { Buffer } from 'node:buffer'

/** Smaller ones come from Node's pool, or are too little to matter. */
const FROM = 4096
/** One slot of 8 bytes for so many bytes outside: a quarter of them. */
const BYTES_PER_SLOT = 32
/** A piece of garbage that V8 still puts into the young part of its heap. */
const MOST_SLOTS = 4096
/** glibc raises its limits to the largest block that was ever freed: below it blocks are kept, not given back to the kernel. */
const LARGEST_KEPT = 16 * 1024 * 1024
/** From here on glibc gives blocks back by default. */
const GIVEN_BACK_FROM = 64 * 1024

/** One for all connections of a process. */
export class MessageMemory {
  /** Of the last message. Held only so that no compiler sees that nobody needs it. */
  garbage: unknown[] = []
  #isPrepared = false

  /** Not cleared. */
  allocate(size: number): Buffer {
    if (size > FROM) this.#prepare(size)
    return Buffer.allocUnsafeSlow(size)
  }

  /** Bytes that are here only for now, as a message of their own. */
  copy(bytes: Buffer): Buffer {
    if (bytes.length > FROM) this.#prepare(bytes.length)
    return Buffer.from(bytes)
  }

  #prepare(size: number): void {
    if (size >= GIVEN_BACK_FROM && !this.#isPrepared) this.#keepFreedBlocks()
    this.#inviteScavenge(size)
  }

  /**
   * Makes garbage, on purpose. A scavenge frees the memory of messages within a fraction of a millisecond, but it comes only when the
   * young part of the heap is full, and a server that leaves next to no garbage never fills it: V8's limit for memory outside is reached
   * first, and that starts a mark-compact of several milliseconds, 18 of them a second with echoes of 16 KiB.
   */
  #inviteScavenge(size: number): void {
    for (let left = Math.ceil(size / BYTES_PER_SLOT); left > 0; left -= MOST_SLOTS) this.garbage = new Array<unknown>(Math.min(MOST_SLOTS, left))
  }

  /** A block that is never touched, for the next scavenge. Where malloc is another than glibc's it does nothing. */
  #keepFreedBlocks(): void {
    this.#isPrepared = true
    Buffer.allocUnsafeSlow(LARGEST_KEPT)
  }
}
