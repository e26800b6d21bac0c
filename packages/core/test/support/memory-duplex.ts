// Two ends of a pipe in memory. Chunks are handed over by reference, as a PassThrough does: whoever writes shared memory
// into it, or unmasks in place what comes out of it, is found out.
import type { Buffer } from 'node:buffer'
import { Duplex } from 'node:stream'

export class MemoryDuplex extends Duplex {
  other!: MemoryDuplex

  constructor() {
    super({ allowHalfOpen: true })
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.other.push(chunk)
    done()
  }

  override _final(done: () => void): void {
    this.other.push(null)
    done()
  }
}

export function memoryPair(): [MemoryDuplex, MemoryDuplex] {
  const [a, b] = [new MemoryDuplex(), new MemoryDuplex()]
  a.other = b
  b.other = a
  return [a, b]
}
