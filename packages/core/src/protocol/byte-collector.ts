// Bytes that come in pieces of any size, of which nobody knows how many: in blocks, so that what is held is never more than what
// has come and one block.
import { Buffer } from 'node:buffer'

const MIN_BLOCK = 256
const MAX_BLOCK = 64 * 1024

export class ByteCollector {
  #full: Buffer[] = []
  #block: Buffer | undefined
  #used = 0
  #capacity = 0

  /** Bytes of memory that it holds. */
  get capacity(): number {
    return this.#capacity
  }

  /** Copies `bytes[0, size)`. */
  append(bytes: Buffer, size: number): void {
    for (let at = 0; at < size;) {
      const block = this.#blockFor(size - at)
      const count = Math.min(size - at, block.length - this.#used)
      bytes.copy(block, this.#used, at, at + count)
      this.#used += count
      at += count
    }
  }

  #blockFor(size: number): Buffer {
    const last = this.#block
    if (last !== undefined && this.#used < last.length) return last
    if (last !== undefined) this.#full.push(last)
    this.#used = 0
    const block = Buffer.allocUnsafeSlow(Math.min(MAX_BLOCK, Math.max(MIN_BLOCK, size, (last?.length ?? 0) * 2)))
    this.#capacity += block.length
    return (this.#block = block)
  }

  /** All of it, in order; the collector is not used any more. */
  take(): Buffer {
    const last = this.#block?.subarray(0, this.#used) ?? Buffer.alloc(0)
    return this.#full.length === 0 ? last : Buffer.concat([...this.#full, last])
  }
}
