// Faults lie between a client and its socket: each takes a Duplex and returns one that behaves worse. This is the wrapper they
// are made of, which passes everything on. Knows streams only.
import { Duplex } from 'node:stream'
import { resetSocket } from './reset.js'

/** Makes a socket behave worse. Several are applied one around the other. */
export type Fault = (socket: Duplex) => Duplex

type Done = (error?: Error | null) => void

/** Passes on bytes, FIN, errors and backpressure, both ways. Subclasses replace what they spoil. */
export class WrappedSocket extends Duplex {
  protected readonly inner: Duplex
  #error: Error | undefined
  #hasEnded = false

  constructor(inner: Duplex) {
    super({ allowHalfOpen: true })
    this.inner = inner
    inner.on('error', (error) => { this.#error = error })
    inner.on('end', () => {
      this.#hasEnded = true
      this.push(null)
    })
    // What has come whole may still wait to be read here
    inner.on('close', () => { if (!this.#hasEnded || this.#error !== undefined) this.destroy(this.#error) })
    this.startReading()
  }

  /** Called by the constructor. */
  protected startReading(): void {
    this.inner.on('data', (chunk: Buffer) => { if (!this.push(chunk)) this.inner.pause() })
  }

  override _read(): void {
    this.inner.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.inner.write(chunk, done)
  }

  override _final(done: Done): void {
    if (this.inner.destroyed) done()
    else this.inner.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.inner.destroy()
    done(error)
  }

  resetAndDestroy(): this {
    resetSocket(this.inner)
    return this
  }
}
