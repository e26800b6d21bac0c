// Where small frames are encoded side by side, so that a socket gets many of them in one write. Knows bytes, no sockets.
// A slab is never rewound, because an unfinished write may still point into it: a full one is left to its last reader.
import { Buffer } from 'node:buffer'
import { FrameWriter } from '../protocol/frame-writer.js'
import { PinnedSlabs } from './pinned-slabs.js'

const SLAB_SIZE = 64 * 1024
/** Payloads up to this size are encoded into the slab; larger ones are written from where they are. */
export const SLAB_PAYLOAD_LIMIT = 8 * 1024

/** In memory of its own: not even in Node's pool, of which three bytes hold 8 KiB. */
export function ownCopy(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

export class Slab {
  readonly #pinned: PinnedSlabs
  #writer = new FrameWriter(Buffer.alloc(0))
  #view: Buffer = this.#writer.bytes
  #viewed: Buffer = this.#view
  #viewStart = 0
  /** How often a new one was begun. */
  generation = 0

  constructor(pinned = new PinnedSlabs()) {
    this.#pinned = pinned
  }

  /** A writer with room for at least this many bytes. */
  reserve(bytes: number): FrameWriter {
    if (this.#writer.room < bytes) this.#begin(Math.max(SLAB_SIZE, bytes))
    return this.#writer
  }

  #begin(size: number): void {
    this.#writer = new FrameWriter(this.#pinned.register(Buffer.allocUnsafeSlow(size)))
    this.generation++
  }

  /**
   * `bytes[start, end)`: the same object as last time when the range is the same, as it is for all receivers of a broadcast.
   * A copy while unfinished writes hold too many slabs.
   */
  view(bytes: Buffer, start: number, end: number): Buffer {
    if (start === 0 && end === bytes.length) return bytes
    if (this.#viewed !== bytes || this.#viewStart !== start || this.#view.length !== end - start) {
      this.#view = this.#pinned.isFull ? ownCopy(bytes.subarray(start, end)) : bytes.subarray(start, end)
      this.#viewed = bytes
      this.#viewStart = start
    }
    return this.#view
  }
}
