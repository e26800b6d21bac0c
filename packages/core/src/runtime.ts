// What a process shares among all its connections, in one object that can be passed in: tests and second instances make
// their own. Holds no connection.
import { randomBytes, randomFillSync } from 'node:crypto'
import { Buffer } from 'node:buffer'
import { type Clock, systemClock } from './connection/clock.js'
import { FlushQueue } from './connection/flush-queue.js'
import { MemoryBudget } from './connection/memory-budget.js'
import { PingBudget } from './connection/ping-budget.js'
import { PinnedSlabs } from './connection/pinned-slabs.js'
import { SharedReads } from './connection/shared-reads.js'
import { Slab } from './connection/slab.js'
import { Relay } from './compression/relay.js'
import { ZlibPool } from './compression/zlib-pool.js'
import { TimingWheel } from './connection/timing-wheel.js'
import { MessageMemory } from './protocol/message-memory.js'

export interface RuntimeOptions {
  /** @default the machine's monotonic clock */
  readonly clock?: Clock
  /** The zlib states of compressed connections, and their budget. @default new ZlibPool() */
  readonly zlib?: ZlibPool
  /**
   * What all messages that have begun and not ended may take together, in bytes; the connection that wants more is failed with 1008. What one
   * of them takes is bounded by `maxMessageSize`. Infinity: no limit. Risk: whoever fills it keeps others from sending long messages.
   * @default 256 MiB
   */
  readonly incompleteMessageBudget?: number
  /** Whether TCP sockets read into one buffer for all, where this Node can do that; false: each read has its own. @default true */
  readonly sharesReads?: boolean
  /**
   * Bytes of the shared memory for small frames that unfinished writes may hold, each of its 64 KiB counted whole even if a slow
   * peer waits for three bytes of it. Beyond it small frames are copied before they are written. @default 16 MiB
   */
  readonly slabBudget?: number
}

const INCOMPLETE_MESSAGE_BUDGET = 256 * 1024 * 1024
const ID_BYTES = 16
const RANDOM_POOL_SIZE = ID_BYTES * 256

export class Runtime {
  readonly clock: Clock
  readonly wheel: TimingWheel
  readonly pingBudget = new PingBudget()
  /** What is written at the end of this turn. */
  readonly flushQueue = new FlushQueue()
  /** What goes on in the next turn: work in slices, one slice of each per turn. */
  readonly turnQueue = new FlushQueue()
  /** Replies and broadcasts have slabs of their own, so that a reply does not split the range of the broadcasts around it. */
  readonly replySlab: Slab
  readonly broadcastSlab: Slab
  readonly pinnedSlabs: PinnedSlabs
  readonly sharedReads: SharedReads
  readonly messageMemory = new MessageMemory({ keepsFreedBlocks: true })
  readonly zlib: ZlibPool
  readonly relay = new Relay()
  /** What messages take that have begun and not ended. */
  readonly incompleteMessages: MemoryBudget
  /** This process among its peers; the first part of every connection's id. */
  readonly nodeId = randomBytes(6).toString('base64url')

  readonly #deflatedSlabs = new Map<number, Slab>()
  readonly #random = Buffer.alloc(RANDOM_POOL_SIZE)
  #randomUsed = RANDOM_POOL_SIZE

  constructor(options: RuntimeOptions = {}) {
    this.clock = options.clock ?? systemClock
    this.zlib = options.zlib ?? new ZlibPool()
    this.sharedReads = new SharedReads(options.sharesReads)
    this.wheel = new TimingWheel(this.clock)
    this.pinnedSlabs = new PinnedSlabs(options.slabBudget ?? 16 * 1024 * 1024)
    this.replySlab = new Slab(this.pinnedSlabs)
    this.broadcastSlab = new Slab(this.pinnedSlabs)
    this.incompleteMessages = new MemoryBudget(options.incompleteMessageBudget ?? INCOMPLETE_MESSAGE_BUDGET)
  }

  /** For broadcasts that are deflated for this window: one for each, so that those of one turn stay side by side. */
  deflatedSlab(windowBits: number): Slab {
    const known = this.#deflatedSlabs.get(windowBits)
    if (known !== undefined) return known
    const made = new Slab(this.pinnedSlabs)
    this.#deflatedSlabs.set(windowBits, made)
    return made
  }

  /** `node.random128`: unique and routable across nodes. Not a secret: never use an id as a capability. */
  createId(): string {
    if (this.#randomUsed === RANDOM_POOL_SIZE) {
      randomFillSync(this.#random)
      this.#randomUsed = 0
    }
    const at = this.#randomUsed
    this.#randomUsed += ID_BYTES
    return `${this.nodeId}.${this.#random.toString('base64url', at, this.#randomUsed)}`
  }

  /** A moment of `clock.now()` as a Date. */
  dateOf(moment: number): Date {
    return new Date((this.clock.timeOrigin ?? performance.timeOrigin) + moment)
  }
}

const KEY = Symbol.for('tocsin.runtime.1')

/** The runtime that all endpoints of this process share unless they are given another one. */
export function processRuntime(): Runtime {
  const holder = process as unknown as Record<symbol, Runtime | undefined>
  return (holder[KEY] ??= new Runtime())
}
