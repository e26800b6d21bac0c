// A net.Socket without a network: every write is kept, may be held back, and bytes come in when the test says so. The
// connection takes it for one of Node's own sockets, as far as memory is concerned.
import { Buffer } from 'node:buffer'
import { Socket } from 'node:net'
import { unpack, type Frame } from '../../src/protocol/index.js'

type Done = (error?: Error | null) => void

export class FakeSocket extends Socket {
  /** One entry for each system call that a real socket would make. */
  readonly writes: Buffer[] = []
  /** The very buffers that were written. */
  readonly parts: Buffer[] = []
  /** True: the kernel takes nothing more. */
  isStalled = false
  hasEnded = false
  #waiting: (() => void)[] = []

  constructor() {
    super({ allowHalfOpen: true })
  }

  /** Everything that left, as one. */
  get sent(): Buffer {
    return Buffer.concat(this.writes)
  }

  /** The frames that left. */
  get frames(): Frame[] {
    return framesOf(this.sent)
  }

  /** Bytes from the peer. */
  receive(bytes: Buffer): void {
    this.push(bytes)
  }

  /** FIN from the peer. */
  receiveEnd(): void {
    this.push(null)
    this.read(0)
  }

  /** The kernel takes everything that waits. */
  release(): void {
    this.isStalled = false
    for (const done of this.#waiting.splice(0)) done()
  }

  /** The kernel takes the write that waits, and then nothing more. */
  releaseOne(): void {
    this.#waiting.shift()?.()
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#keep([chunk], done)
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    this.#keep(chunks.map(({ chunk }) => chunk), done)
  }

  override _final(done: Done): void {
    this.hasEnded = true
    done()
  }

  #keep(chunks: Buffer[], done: Done): void {
    const bytes = chunks.filter((chunk) => chunk.length > 0)
    if (bytes.length > 0) this.writes.push(Buffer.concat(bytes))
    this.parts.push(...bytes)
    if (this.isStalled) this.#waiting.push(done)
    else done()
  }
}

export function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = []
  for (let rest = bytes, frame = unpack(rest); frame !== null; frame = unpack(rest)) {
    frames.push(frame.frame)
    rest = rest.subarray(frame.bytesConsumed)
  }
  return frames
}
