// Where messages get their memory. It lies outside of V8's heap: somebody has to see to it that it is collected in time, and that
// the allocator keeps it for the next message (docs/adr/0014-memory-of-messages.md).
import { Buffer } from 'node:buffer'
import { canUnmaskAside, unmaskAside } from './masking.js'

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

/** Short messages that came into the read buffer of all sockets are carried out of it word by word: faster than Node's copy, up to here. */
const SHORT = 512
/** What short messages share, as those of Buffer.from() share Node's pool: keeping one of them keeps this much. */
const POOL_SIZE = 8 * 1024

export interface MessageMemoryOptions {
  /** Says to the allocator that freed blocks shall be kept: for the one of a process that serves. @default false */
  readonly keepsFreedBlocks?: boolean
}

export class MessageMemory {
  /** Of the last message. Held only so that no compiler sees that nobody needs it. */
  garbage: unknown[] = []
  #isPrepared: boolean
  #pool: Buffer = Buffer.alloc(0)
  #poolWords = new Int32Array(0)
  #poolUsed = POOL_SIZE

  constructor({ keepsFreedBlocks = false }: MessageMemoryOptions = {}) {
    this.#isPrepared = !keepsFreedBlocks
  }

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

  /** Whether unmask() can do it. */
  canUnmask(bytes: Buffer, size: number): boolean {
    return size <= SHORT && canUnmaskAside(bytes)
  }

  /** A message of its own from masked bytes that are here only for now. */
  // oxlint-disable-next-line max-params -- for each short message: see applyMask
  unmask(bytes: Buffer, start: number, end: number, key: number): Buffer {
    const words = unmaskAside(bytes, start, end, key)
    const at = this.#reserve(end - start)
    const pool = this.#poolWords
    for (let from = 0, to = at >> 2, count = (end - start + 3) >> 2; from < count; from++) pool[to++] = words[from]!
    return this.#pool.subarray(at, at + end - start)
  }

  /** Each at a multiple of 8, so that its words and those of whoever reads it are aligned. */
  #reserve(size: number): number {
    if (this.#poolUsed + size > POOL_SIZE) {
      this.#pool = Buffer.allocUnsafeSlow(POOL_SIZE)
      this.#poolWords = new Int32Array(this.#pool.buffer as ArrayBuffer)
      this.#poolUsed = 0
    }
    const at = this.#poolUsed
    this.#poolUsed = (at + size + 7) & ~7
    return at
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
