// What one connection writes next, while it is gathered: frames that lie side by side in a slab make one range, everything else is
// a part of its own. Knows slabs and copies; neither frames nor when they are written. A base, not an object of its own: there is one per connection.
import type { Buffer } from 'node:buffer'
import type { Runtime } from '../runtime.js'
import type { SharedFrame } from './shared-frame.js'
import { type Slab, ownCopy } from './slab.js'

export class Gathering {
  protected readonly runtime: Runtime
  /** What comes now waits, or is for a stream that may keep it or change it: it must not lie in a slab, nor in the caller's memory. */
  protected needsCopy: boolean
  /** What leaves now is for a peer that was slow: likely not to be taken at once again. */
  protected isCatchingUp = false
  protected parts: Buffer[] | undefined
  /** The open range `#bytes[#start, #end)`, extended while frames are encoded side by side; after it nothing is in `parts`. */
  #bytes: Buffer | undefined
  #start = 0
  #end = 0
  /** Of a range of frames that others receive too: where its view is shared with them. */
  #slab: Slab | undefined
  /** Of the slab of replies, when the last one came. */
  #generation = 0

  protected constructor(runtime: Runtime, needsCopy: boolean) {
    this.runtime = runtime
    this.needsCopy = needsCopy
  }

  /** Of the slab of replies. */
  protected addRange(bytes: Buffer, start: number, end: number): void {
    if (this.needsCopy) return this.addPart(ownCopy(bytes.subarray(start, end)))
    if (this.#bytes === bytes && this.#end === start) return void (this.#end = end)
    const { generation } = this.runtime.replySlab
    if (generation !== this.#generation) this.#leaveSlab(generation)
    this.#extend(bytes, start, end)
  }

  /** One write holds one slab of replies at most: should it not be taken at once, it does not hold what lies around it in two. */
  #leaveSlab(generation: number): void {
    this.#generation = generation
    this.closeRange()
    const { pinnedSlabs } = this.runtime
    this.parts = this.parts?.map((part) => (pinnedSlabs.has(part) ? ownCopy(part) : part))
  }

  protected addShared(frame: SharedFrame): void {
    this.#extend(frame.bytes, frame.start, frame.end)
    this.#slab = frame.slab
  }

  #extend(bytes: Buffer, start: number, end: number): void {
    if (this.#bytes === bytes && this.#end === start) {
      this.#end = end
      return
    }
    this.closeRange()
    this.#bytes = bytes
    this.#slab = undefined
    this.#start = start
    this.#end = end
  }

  protected addPart(bytes: Buffer): void {
    this.closeRange()
    ;(this.parts ??= []).push(bytes)
  }

  protected closeRange(): void {
    if (this.#bytes !== undefined) (this.parts ??= []).push(this.takeRange())
  }

  /** The open range, which there is. */
  protected takeRange(): Buffer {
    const bytes = this.#bytes!
    this.#bytes = undefined
    if (this.#slab !== undefined) return this.#slab.view(bytes, this.#start, this.#end)
    // A large broadcast is written by all its receivers as the same object.
    if (this.#start === 0 && this.#end === bytes.length) return bytes
    const range = bytes.subarray(this.#start, this.#end)
    return this.isCatchingUp || this.runtime.pinnedSlabs.isFull ? ownCopy(range) : range
  }

  protected forget(): void {
    this.#bytes = this.parts = undefined
  }
}
