// The byte port of a connection: TCP, TLS, any Duplex. The only file that knows streams; narrow enough that another kind
// of port could be slipped in. All listeners are shared functions: a connection costs no closure.
import { Buffer } from 'node:buffer'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Runtime } from '../runtime.js'

/** Who is told what happens on the wire. */
export interface TransportOwner {
  readonly runtime: Runtime
  /** The chunk may be changed in place. It is the owner's for good, unless the transport `lends` it for the call. */
  onBytes(chunk: Buffer): void
  /** The peer has sent its last byte (FIN). */
  onEnd(): void
  /** All that was written has left for the kernel; follows a write after which `writableLength` was not 0. */
  onWritten(): void
  /** Nothing more will happen. */
  onClosed(error: Error | undefined): void
}

const TRANSPORT = Symbol('tocsin.transport')
const EMPTY = Buffer.alloc(0)
type Carrier = Duplex & { [TRANSPORT]: Transport }

export class Transport {
  readonly stream: Duplex
  /** Node's own sockets hand out fresh chunks and copy what they are given before a write returns, or keep it untouched. */
  readonly isNative: boolean
  /** Whether chunks are memory that the next read of any socket overwrites. */
  lends = false
  readonly #owner: TransportOwner
  #error: Error | undefined
  #onWritten: (() => void) | undefined

  constructor(stream: Duplex, owner: TransportOwner) {
    this.stream = stream
    this.#owner = owner
    this.isNative = stream instanceof Socket
    // FIN of the peer must not end our side by itself: replies and our Close still go out. Over TLS that is not the default.
    if (!stream.allowHalfOpen) stream.allowHalfOpen = true
    ;(stream as Carrier)[TRANSPORT] = this
    stream.on('data', onData)
    stream.on('end', onEnd)
    stream.on('error', onError)
    stream.on('close', onClose)
  }

  /** Bytes that were written here and not taken by the kernel yet. */
  get writableLength(): number {
    return this.stream.writableLength
  }

  get isDestroyed(): boolean {
    return this.stream.destroyed
  }

  write(bytes: Buffer): void {
    this.stream.write(bytes)
  }

  /** All writes until uncork() go out together. */
  cork(): void {
    this.stream.cork()
  }

  uncork(): void {
    this.stream.uncork()
  }

  /** Asks for `onWritten`. 'drain' would not do: below the high-water mark Node never emits it. */
  notifyWritten(): void {
    this.#onWritten ??= () => this.#owner.onWritten()
    this.stream.write(EMPTY, this.#onWritten)
  }

  pause(): void {
    this.stream.pause()
  }

  resume(): void {
    this.stream.resume()
    if (this.isNative && !this.lends) this.#shareReads()
  }

  /** Bytes that were read before: they come first when it is resumed. */
  putBack(bytes: Buffer): void {
    this.stream.pause()
    this.stream.unshift(bytes)
  }

  /** Sends FIN after all that was written. */
  end(): void {
    if (!this.stream.writableEnded) this.stream.end()
  }

  destroy(): void {
    this.stream.destroy()
  }

  /** The listeners' side. */
  receive(chunk: Buffer | string): void {
    if (!this.isNative) return this.#owner.onBytes(Buffer.from(chunk as Buffer)) // somebody else may hold this memory: never unmask in it
    this.#owner.onBytes(chunk as Buffer)
    this.#shareReads() // what had come before it could be done is read now
  }

  #shareReads(): void {
    this.lends = !this.stream.destroyed && this.#owner.runtime.sharedReads.adopt(this.stream as Socket, onRead)
  }

  receiveLent(chunk: Buffer): void {
    this.#owner.onBytes(chunk)
  }

  ended(): void {
    this.#owner.onEnd()
  }

  failed(error: Error): void {
    this.#error = error
  }

  closed(): void {
    this.#owner.onClosed(this.#error)
  }
}

function onData(this: Duplex, chunk: Buffer): void {
  ;(this as Carrier)[TRANSPORT].receive(chunk)
}

function onRead(this: Socket, size: number, buffer: Buffer): boolean {
  ;(this as unknown as Carrier)[TRANSPORT].receiveLent(buffer.subarray(0, size))
  return true
}

function onEnd(this: Duplex): void {
  ;(this as Carrier)[TRANSPORT].ended()
}

function onError(this: Duplex, error: Error): void {
  ;(this as Carrier)[TRANSPORT].failed(error)
}

function onClose(this: Duplex): void {
  ;(this as Carrier)[TRANSPORT].closed()
}
