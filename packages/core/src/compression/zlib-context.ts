// One zlib state that is used again and again, without streams and threads (ADR 0009). Knows bytes and zlib, no messages.
import { Buffer } from 'node:buffer'
import { type DeflateRaw, type InflateRaw, constants } from 'node:zlib'

export const { Z_NO_FLUSH, Z_SYNC_FLUSH, Z_BLOCK, Z_FINISH } = constants

/** How a state is made. Deflating has a level; inflating has none. */
export interface ContextKind {
  readonly windowBits: number
  /** Undefined: it inflates. */
  readonly level: number | undefined
  readonly memLevel: number
}

/** Input is fed, output is pulled: feed(), then run() while it fills its output. */
export interface ZlibContext {
  readonly kind: ContextKind
  /** Of the input that was fed last, bytes that were not consumed. After a run() that did not fill its output: the deflate stream has ended before them. */
  readonly inputLeft: number
  /** Whether the last run() ended because there was no more room. */
  readonly isOutputFull: boolean
  /** The most that inflating one message may yield, for those contexts that cannot stop on the way. */
  maxOutput: number
  /** The bytes must stay as they are until they are consumed. */
  feed(input: Buffer, start: number, end: number): void
  /** @returns how many bytes it wrote to `output[at...)`. @throws ZlibError; the context is of no use after that */
  run(flush: number, output: Buffer, at: number): number
  /** Forgets its history, but not the input that is left. */
  reset(): void
  /** Copies the input that is left. */
  keepInput(): void
  /** Lets go of the input. */
  release(): void
  close(): void
}

/** What zlib does not take. */
export class ZlibError extends Error {
  /** The output would have exceeded `maxOutput`; otherwise the data is broken. */
  readonly isTooMuch: boolean

  constructor(isTooMuch = false) {
    super(isTooMuch ? 'the inflated data is too long' : 'not valid deflate data')
    this.isTooMuch = isTooMuch
  }
}

/** What a zlib stream of Node's has inside, in all versions that we support: tested, not assumed (canReuseContexts). */
interface Insides {
  readonly _handle?: {
    writeSync?(flush: number, input: Buffer, inputAt: number, inputSize: number, output: Buffer, outputAt: number, outputSize: number): void
    reset?(): void
  }
  /** Written by writeSync(): room left in the output, bytes left of the input. */
  readonly _writeState?: Uint32Array
}

const NOTHING = Buffer.alloc(0)

/** Whether streams made by these functions can be driven from outside. */
export function isDrivable(stream: DeflateRaw | InflateRaw): boolean {
  const { _handle: handle, _writeState: state } = stream as unknown as Insides
  return typeof handle?.writeSync === 'function' && typeof handle.reset === 'function' && state instanceof Uint32Array && state.length === 2
}

/** Drives the state inside one of Node's zlib streams: the stream itself never sees a byte. */
export class NativeContext implements ZlibContext {
  readonly kind: ContextKind
  inputLeft = 0
  isOutputFull = false
  maxOutput = 0
  readonly #stream: DeflateRaw | InflateRaw
  readonly #handle: Required<NonNullable<Insides['_handle']>>
  readonly #state: Uint32Array
  #input: Buffer = NOTHING
  #at = 0

  constructor(kind: ContextKind, stream: DeflateRaw | InflateRaw) {
    const insides = stream as unknown as Required<Insides>
    this.kind = kind
    this.#stream = stream
    this.#handle = insides._handle as Required<NonNullable<Insides['_handle']>>
    this.#state = insides._writeState
    // Broken data destroys the stream, which run() sees at once; Node emits the error once more, later.
    stream.on('error', ignore)
  }

  feed(input: Buffer, start: number, end: number): void {
    this.#input = input
    this.#at = start
    this.inputLeft = end - start
  }

  run(flush: number, output: Buffer, at: number): number {
    const room = output.length - at
    this.#handle.writeSync(flush, this.#input, this.#at, this.inputLeft, output, at, room)
    if (this.#stream.destroyed) throw new ZlibError()
    const [outputLeft, inputLeft] = this.#state as unknown as [number, number]
    this.#at += this.inputLeft - inputLeft
    this.inputLeft = inputLeft
    this.isOutputFull = outputLeft === 0
    return room - outputLeft
  }

  reset(): void {
    this.#handle.reset()
  }

  keepInput(): void {
    if (this.inputLeft > 0) this.feed(Buffer.from(this.#input.subarray(this.#at, this.#at + this.inputLeft)), 0, this.inputLeft)
  }

  release(): void {
    this.#input = NOTHING
    this.inputLeft = 0
  }

  close(): void {
    this.#stream.close()
  }
}

function ignore(): void {
  // see the constructor of NativeContext
}
