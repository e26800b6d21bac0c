// A write that the kernel has not taken whole: the slabs that it holds, and the one Pong that is to follow it. Exists only as long.
import type { Buffer } from 'node:buffer'
import type { PinnedSlabs } from './pinned-slabs.js'

export class OutstandingWrite {
  /** The payload for the newest Ping that came meanwhile. */
  pong: Buffer | undefined
  readonly #pinnedSlabs: PinnedSlabs
  readonly #parts: Buffer[] = []

  constructor(pinnedSlabs: PinnedSlabs) {
    this.#pinnedSlabs = pinnedSlabs
  }

  add(part: Buffer): void {
    this.#parts.push(part)
    this.#pinnedSlabs.pin(part)
  }

  /** Node has let go of it. */
  release(): void {
    for (const part of this.#parts.splice(0)) this.#pinnedSlabs.unpin(part)
  }
}
