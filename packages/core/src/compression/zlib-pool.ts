// The zlib states of a process: lent for the length of one message, kept only where context takeover was agreed on, all
// under one budget. A connection that is idle holds none. Knows no connections.
import { Buffer } from 'node:buffer'
import { createDeflateRaw, createInflateRaw } from 'node:zlib'
import { OneShotDeflate, OneShotInflate } from './one-shot-context.js'
import { type ContextKind, NativeContext, Z_SYNC_FLUSH, type ZlibContext, isDrivable } from './zlib-context.js'

export interface ZlibPoolOptions {
  /**
   * Bytes of zlib states that connections may hold from one turn of the event loop to the next: those of context takeover,
   * and those of messages that are under way. Beyond it new connections are not granted a context, and messages
   * under way wait as they are. @default 64 MiB
   */
  readonly budget?: number
  /** False: Node's public one-shot functions only. @default whether this Node's zlib streams can be driven */
  readonly reusesContexts?: boolean
}

/** States kept for the next message, of each kind; they are outside of the budget. */
const MAX_IDLE = 2
/** One run's output. */
const SCRATCH_SIZE = 64 * 1024

export class ZlibPool {
  #reusesContexts: boolean | undefined
  readonly #budget: number
  #heldBytes = 0
  readonly #idle = new Map<number, ZlibContext[]>()
  readonly #held = new Set<ZlibContext>()
  #scratch: Buffer | undefined
  #textScratch: Buffer | undefined

  constructor({ budget = 64 * 1024 * 1024, reusesContexts }: ZlibPoolOptions = {}) {
    this.#budget = budget
    this.#reusesContexts = reusesContexts
  }

  /** Whether states outlive a message. Found out when it is first asked. */
  get reusesContexts(): boolean {
    return (this.#reusesContexts ??= canReuseContexts())
  }

  /** Bytes that are held at the moment, about. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** What a run() writes to, valid until the next one of anybody. */
  get scratch(): Buffer {
    return (this.#scratch ??= Buffer.allocUnsafeSlow(SCRATCH_SIZE))
  }

  /** A message as bytes; of a short string in memory that is good until the next call. */
  bytesOf(data: string | Buffer): Buffer {
    if (typeof data !== 'string') return data
    if (data.length * 3 > SCRATCH_SIZE) return Buffer.from(data)
    const scratch = (this.#textScratch ??= Buffer.allocUnsafeSlow(SCRATCH_SIZE))
    return scratch.subarray(0, scratch.write(data))
  }

  /** Room for contexts that live as long as their connection. False: there is none, and nothing is reserved. */
  reserve(bytes: number): boolean {
    if (bytes > 0 && (!this.reusesContexts || this.#heldBytes + bytes > this.#budget)) return false
    this.#heldBytes += bytes
    return true
  }

  unreserve(bytes: number): void {
    this.#heldBytes -= bytes
  }

  /** A context without history, to be given back in this turn unless hold() allows more. */
  borrow(kind: ContextKind): ZlibContext {
    return this.#idle.get(keyOf(kind))?.pop() ?? this.make(kind)
  }

  /** Whether a borrowed context may be kept for later turns. */
  hold(context: ZlibContext): boolean {
    if (this.#held.has(context)) return true
    const size = sizeOfContext(context.kind)
    if (this.#heldBytes + size > this.#budget) return false
    this.#heldBytes += size
    this.#held.add(context)
    return true
  }

  giveBack(context: ZlibContext): void {
    this.#letGo(context)
    const key = keyOf(context.kind)
    const idle = this.#idle.get(key)
    if (idle !== undefined && idle.length >= MAX_IDLE) return context.close()
    context.reset()
    context.release()
    if (idle === undefined) this.#idle.set(key, [context])
    else idle.push(context)
  }

  /** A borrowed context that has failed, and is of no use. */
  drop(context: ZlibContext): void {
    this.#letGo(context)
    context.close()
  }

  #letGo(context: ZlibContext): void {
    if (this.#held.delete(context)) this.#heldBytes -= sizeOfContext(context.kind)
  }

  /** A context that is the caller's own, to be closed by it. */
  make(kind: ContextKind): ZlibContext {
    const { windowBits, level, memLevel } = kind
    if (level === undefined) return this.reusesContexts ? new NativeContext(kind, createInflateRaw({ windowBits })) : new OneShotInflate(kind)
    // zlib has no raw deflate with 8 bits; with 9 its matches reach back 250 bytes at most, so that 8 are enough to inflate them.
    const bits = Math.max(windowBits, 9)
    return this.reusesContexts ? new NativeContext(kind, createDeflateRaw({ windowBits: bits, level, memLevel })) : new OneShotDeflate(kind)
  }
}

function keyOf({ windowBits, level, memLevel }: ContextKind): number {
  return level === undefined ? windowBits : (memLevel << 12) | ((level + 1) << 8) | windowBits
}

/** Bytes, about, as measured (ADR 0009): window and chains, hash table, pending symbols, and Node's stream around them. */
export function sizeOfContext({ windowBits, level, memLevel }: ContextKind): number {
  if (level === undefined) return (1 << windowBits) + 14 * 1024
  // Node's zlib hashes into 15 bits at least, whatever the memLevel.
  return (4 << windowBits) + (2 << Math.max(15, memLevel + 7)) + (4 << (memLevel + 6)) + 40 * 1024
}

/** Whether what NativeContext relies on works in this Node. */
export function canReuseContexts(): boolean {
  const deflate = createDeflateRaw()
  const inflate = createInflateRaw()
  try {
    return isDrivable(deflate) && isDrivable(inflate) && canRoundTrip(new NativeContext(KIND, deflate), new NativeContext(KIND, inflate))
  } finally {
    deflate.close()
    inflate.close()
  }
}

const KIND: ContextKind = { windowBits: 15, level: undefined, memLevel: 8 }

/** The same message twice, without history between. */
function canRoundTrip(deflate: ZlibContext, inflate: ZlibContext): boolean {
  const message = Buffer.from('tocsin, tocsin')
  const deflated = Buffer.alloc(64)
  const inflated = Buffer.alloc(64)
  const sizes = [1, 2].map(() => {
    deflate.reset()
    inflate.reset()
    deflate.feed(message, 0, message.length)
    const size = deflate.run(Z_SYNC_FLUSH, deflated, 0)
    inflate.feed(deflated, 0, size)
    return inflated.toString('latin1', 0, inflate.run(Z_SYNC_FLUSH, inflated, 0)) === 'tocsin, tocsin' ? size : 0
  })
  return sizes[0]! > 0 && sizes[0] === sizes[1]
}
