// Messages -> the payload of compressed messages (RFC 7692 §7.2.1), for one connection or, without history, for many.
// Knows bytes, no frames.
import { Buffer } from 'node:buffer'
import { type ContextKind, Z_NO_FLUSH, Z_SYNC_FLUSH, type ZlibContext } from './zlib-context.js'
import type { ZlibPool } from './zlib-pool.js'

/** Worked on at once; a longer message is tried on this much of it, and can be deflated in slices of this size. */
export const SLICE_SIZE = 64 * 1024
/** A result up to this size may lie in the pool's scratch memory, which the next deflating or inflating overwrites. */
export const SCRATCH_RESULT = 8 * 1024
/** RFC 7692 §7.2.1: the last four bytes of a flush, which are not sent. */
const TAIL_SIZE = 4
/** RFC 7692 §7.2.3.6: an empty message. */
const EMPTY_MESSAGE = Buffer.of(0)

export interface DeflaterOptions {
  readonly kind: ContextKind
  /** Whether messages may refer to earlier ones: the state is then kept until close(). */
  readonly keepsContext: boolean
}

export class Deflater {
  readonly kind: ContextKind
  readonly #pool: ZlibPool
  readonly #keepsContext: boolean
  #context: ZlibContext | undefined
  /** What the context remembers is not what the peer has seen last. */
  #isStale = false

  constructor(pool: ZlibPool, { kind, keepsContext }: DeflaterOptions) {
    this.#pool = pool
    this.kind = kind
    this.#keepsContext = keepsContext
  }

  /**
   * A whole message at once.
   * @returns its payload, which may lie in scratch memory when it is small; undefined when it would not be smaller
   */
  deflate(message: Buffer): Buffer | undefined {
    if (message.length === 0) return undefined
    const context = this.#open()
    const parts = this.#deflateAll(context, message)
    if (!this.#keepsContext) this.#giveBack()
    const payload = parts && withoutTail(joined(parts))
    if (payload !== undefined && payload.length < message.length) return payload
    this.forgetHistory() // the context has seen a message that is sent otherwise
    return undefined
  }

  #deflateAll(context: ZlibContext, message: Buffer): Buffer[] | undefined {
    if (message.length <= SLICE_SIZE) return this.#run(context, message, Z_SYNC_FLUSH)
    const first = this.#run(context, message.subarray(0, SLICE_SIZE), Z_SYNC_FLUSH)
    if (!isWorthwhile(first)) return undefined
    return [...owned(first), ...this.#run(context, message.subarray(SLICE_SIZE), Z_SYNC_FLUSH)]
  }

  /** A message in parts begins. @returns false when there is no room for a state that lasts: it cannot be compressed */
  beginParts(): boolean {
    if (this.#keepsContext || this.#pool.hold(this.#open())) return this.#open() !== undefined
    this.#giveBack()
    return false
  }

  /**
   * The next part of a message after beginParts(). `flushes`: the peer can inflate all that it has got; the last part always does.
   * @returns in memory of its own unless it is small; perhaps empty, except for the last part
   */
  deflatePart(part: Buffer, { isLast, flushes }: { readonly isLast: boolean; readonly flushes: boolean }): Buffer {
    const bytes = joined(this.#run(this.#context!, part, isLast || flushes ? Z_SYNC_FLUSH : Z_NO_FLUSH))
    if (!isLast) return bytes
    if (!this.#keepsContext) this.#giveBack()
    // A flush right after a flush yields nothing: then RFC 7692 §7.2.3.6 serves for the end, too.
    return bytes.length === 0 ? EMPTY_MESSAGE : withoutTail(bytes)
  }

  /** The message under way is sent otherwise. */
  abandonParts(): void {
    if (!this.#keepsContext) this.#giveBack()
    this.forgetHistory()
  }

  /** The peer is sent something deflated that did not come from here: what follows must not refer to what was before. */
  forgetHistory(): void {
    this.#isStale = this.#keepsContext
  }

  #open(): ZlibContext {
    const context = (this.#context ??= this.#keepsContext ? this.#pool.make(this.kind) : this.#pool.borrow(this.kind))
    if (this.#isStale) context.reset()
    this.#isStale = false
    return context
  }

  #giveBack(): void {
    this.#pool.giveBack(this.#context!)
    this.#context = undefined
  }

  #run(context: ZlibContext, input: Buffer, flush: number): Buffer[] {
    const { scratch } = this.#pool
    const full: Buffer[] = []
    context.feed(input, 0, input.length)
    let size = context.run(flush, scratch, 0)
    while (context.isOutputFull) {
      full.push(Buffer.from(scratch.subarray(0, size)))
      size = context.run(flush, scratch, 0)
    }
    context.release()
    return [...full, scratch.subarray(0, size)]
  }

  /** The connection ends, or the message under way does. */
  close(): void {
    if (this.#context === undefined) return
    if (this.#keepsContext) this.#context.close()
    else this.#pool.drop(this.#context)
    this.#context = undefined
  }
}

/** What does not shrink by an eighth on its first slice is not worth the CPU. */
export function isWorthwhile(firstSlice: readonly Buffer[]): boolean {
  return firstSlice.reduce((sum, { length }) => sum + length, 0) <= SLICE_SIZE - SLICE_SIZE / 8
}

/** The last part lies in scratch memory. */
function joined(parts: readonly Buffer[]): Buffer {
  const [only] = parts
  if (parts.length === 1 && only!.length <= SCRATCH_RESULT) return only!
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) at += part.copy(whole, at)
  return whole
}

function owned(parts: readonly Buffer[]): Buffer[] {
  return [...parts.slice(0, -1), Buffer.from(parts.at(-1)!)]
}

function withoutTail(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - TAIL_SIZE)
}
