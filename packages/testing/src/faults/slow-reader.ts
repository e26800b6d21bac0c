// A peer that reads too slowly, or not at all: the server's writes pile up. Knows bytes and time.
import type { Duplex } from 'node:stream'
import { type Clock, systemClock } from '@tocsin/core'
import { type Fault, WrappedSocket } from './fault.js'

export interface SlowReaderOptions {
  /** Read at a time; 0 reads nothing at all. @default 0 */
  readonly bytes?: number
  /** Milliseconds between two reads. @default 1 */
  readonly every?: number
  /** @default the machine's clock */
  readonly clock?: Clock
}

/**
 * The client reads `bytes` every `every` ms, the answer to its handshake included. What waits lies in the buffers of its socket
 * (16 to 64 KiB of the stream, and the kernel's), then in the server's. To stop reading at some later moment: `client.pause()`.
 */
export function slowReader(options: SlowReaderOptions = {}): Fault {
  return (socket) => new SlowSocket(socket, options)
}

class SlowSocket extends WrappedSocket {
  readonly #options: Required<SlowReaderOptions>
  #timer: unknown
  #isWanted = false

  constructor(inner: Duplex, { bytes = 0, every = 1, clock = systemClock }: SlowReaderOptions) {
    super(inner)
    this.#options = { bytes, every, clock }
    if (bytes > 0) this.#startTimer()
  }

  protected override startReading(): void {
    this.inner.read(0)
  }

  override _read(): void {
    this.#isWanted = true
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#options.clock.clearTimeout(this.#timer)
    super._destroy(error, done)
  }

  #startTimer(): void {
    const { clock, every } = this.#options
    this.#timer = clock.setTimeout(() => {
      if (this.#isWanted) this.#readSome()
      if (!this.destroyed && !this.readableEnded) this.#startTimer()
    }, every)
  }

  #readSome(): void {
    const size = Math.min(this.#options.bytes, this.inner.readableLength)
    const chunk = this.inner.read(size) as Buffer | null
    if (chunk !== null && size > 0) this.#isWanted = this.push(chunk)
  }
}
