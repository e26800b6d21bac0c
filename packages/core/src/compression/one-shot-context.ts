// The same as zlib-context.ts by Node's public functions alone, for a Node whose insides have changed: slower, a new state for
// each message, and no history from one message to the next.
import { Buffer } from 'node:buffer'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { type ContextKind, Z_BLOCK, Z_NO_FLUSH, Z_SYNC_FLUSH, type ZlibContext, ZlibError } from './zlib-context.js'

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

  reset(): void {
    this.release()
  }

  release(): void {
    this.input = []
    this.result = NOTHING
    this.isOutputFull = false
    this.inputLeft = 0
  }

  close(): void {
    this.release()
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
  /** Only Z_BLOCK, which the last run of a message has, says that the message is complete: its last input is the tail and a sentinel. */
  protected work(flush: number): void {
    if (flush !== Z_BLOCK) return
    const input = this.takeInput()
    this.result = inflateAll(input.subarray(0, input.length - 1), this.maxOutput)
    this.inputLeft = 1
  }
}

/** One deflate stream after the other: a block with BFINAL ends one (RFC 7692 §7.2.3.4). */
function inflateAll(input: Buffer, maxOutput: number): Buffer {
  const results: Buffer[] = []
  let size = 0
  for (let at = 0; at < input.length;) {
    const { buffer, consumed } = inflateOne(input.subarray(at), maxOutput - size)
    results.push(buffer)
    size += buffer.length
    at += consumed
  }
  return Buffer.concat(results)
}

function inflateOne(input: Buffer, maxOutputLength: number): { buffer: Buffer; consumed: number } {
  try {
    const result = inflateRawSync(input, { finishFlush: Z_SYNC_FLUSH, maxOutputLength: Math.max(1, maxOutputLength), info: true })
    const { buffer, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    return { buffer, consumed: Math.max(1, engine.bytesWritten) }
  } catch (error) {
    throw new ZlibError((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
  }
}
