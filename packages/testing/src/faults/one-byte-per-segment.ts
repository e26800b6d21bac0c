// Writes cut into tiny TCP segments, each of which the peer reads on its own. Knows bytes, not frames.
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Fault, WrappedSocket } from './fault.js'

/** Every byte that the client writes, its handshake included, travels in a segment of its own. */
export function oneBytePerSegment(): Fault {
  return inSegments(1)
}

/** Everything that the client writes travels in segments of at most `size` bytes, one per turn of the event loop. */
export function inSegments(size: number): Fault {
  if (!(Number.isInteger(size) && size > 0)) throw new RangeError(`a segment has a whole number of bytes above 0, not ${size}`)
  return (socket) => new SegmentedSocket(socket, size)
}

class SegmentedSocket extends WrappedSocket {
  readonly #size: number

  constructor(inner: Duplex, size: number) {
    super(inner)
    this.#size = size
    // Nagle's algorithm would put them together again
    ;(inner as Partial<Socket>).setNoDelay?.(true)
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const writeFrom = (start: number): void => {
      if (start >= chunk.length || this.inner.destroyed) return done()
      const onWritten = (error?: Error | null): void => {
        if (error) done(error)
        else setImmediate(writeFrom, start + this.#size) // the peer's turn to read
      }
      this.inner.write(chunk.subarray(start, start + this.#size), onWritten)
    }
    writeFrom(0)
  }
}
