// The same as zlib-context.ts by Node's public functions alone, for a Node whose insides have changed: slower, a new state for
// each message, and no history from one message to the next.
import { Buffer } from 'node:buffer'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { type ContextKind, Z_FINISH, Z_NO_FLUSH, Z_SYNC_FLUSH, type ZlibContext, ZlibError } from './zlib-context.js'

const NOTHING = Buffer.alloc(0)

/** Collects what is fed; works when it must, and then hands the result out. */
abstract class OneShotContext implements ZlibContext {
  readonly kind: ContextKind
  inputLeft = 0
  isOutputFull = false
  maxOutput = 0
  protected input: Buffer[] = []
  protected result: Buffer = NOTHING

  constructor(kind: ContextKind) {
    this.kind = kind
  }

  feed(input: Buffer, start: number, end: number): void {
    this.input.push(Buffer.from(input.subarray(start, end)))
  }

  run(flush: number, output: Buffer, at: number): number {
    if (!this.isOutputFull) this.work(flush)
    const size = this.result.copy(output, at)
    this.result = this.result.subarray(size)
    this.isOutputFull = at + size === output.length
    return size
  }

  /** Turns the input into `result`, if the time has come. */
  protected abstract work(flush: number): void

  protected takeInput(): Buffer {
    const input = Buffer.concat(this.input)
    this.input = []
    return input
  }

  keepInput(): void {
    // what is fed is copied
  }

  reset(): void {
    this.input = []
    this.result = NOTHING
    this.isOutputFull = false
    this.inputLeft = 0
  }

  release(): void {
    // what has not been worked on yet is a copy, and still needed
  }

  close(): void {
    this.reset()
  }
}

export class OneShotDeflate extends OneShotContext {
  protected work(flush: number): void {
    if (flush === Z_NO_FLUSH) return
    const { windowBits, level = 1, memLevel } = this.kind
    this.result = deflateRawSync(this.takeInput(), { windowBits: Math.max(windowBits, 9), level, memLevel, finishFlush: Z_SYNC_FLUSH })
  }
}

export class OneShotInflate extends OneShotContext {
  /** Only Z_FINISH, which the last run of a message has, says that the message is complete. What was fed last is not its own. */
  protected work(flush: number): void {
    if (flush !== Z_FINISH) return
    const tailSize = this.input.at(-1)?.length ?? 0
    const { output, inputLeft } = inflateStreams(this.takeInput(), { tailSize, maxOutput: this.maxOutput })
    this.result = output
    this.inputLeft = inputLeft
  }
}

/**
 * One deflate stream after the other: a block with BFINAL ends one (RFC 7692 §7.2.3.4). The last one begins before the tail.
 * @throws ZlibError when it does not end
 */
export function inflateStreams(input: Buffer, { tailSize, maxOutput }: { tailSize: number; maxOutput: number }): { output: Buffer; inputLeft: number } {
  const results: Buffer[] = []
  let size = 0
  let at = 0
  do {
    const { buffer, consumed } = inflateOne(input.subarray(at), maxOutput - size)
    results.push(buffer)
    size += buffer.length
    at += consumed
  } while (at < input.length - tailSize)
  return { output: results.length === 1 ? results[0]! : Buffer.concat(results), inputLeft: input.length - at }
}

function inflateOne(input: Buffer, maxOutputLength: number): { buffer: Buffer; consumed: number } {
  try {
    const result = inflateRawSync(input, { maxOutputLength: Math.max(1, maxOutputLength), info: true })
    const { buffer, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    return { buffer, consumed: engine.bytesWritten }
  } catch (error) {
    throw new ZlibError((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
  }
}
