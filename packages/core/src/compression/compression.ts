// What one connection has agreed on (RFC 7692 §5), and its two halves. Knows no frames.
import { Buffer } from 'node:buffer'
import { Deflater } from './deflater.js'
import { Inflater } from './inflater.js'
import type { CompressionPolicy } from './options.js'
import { type CompressionParameters, MAX_WINDOW_BITS } from './parameters.js'
import type { ContextKind } from './zlib-context.js'
import { type ZlibPool, sizeOfContext } from './zlib-pool.js'

/** Runs of zlib. A message to many counts once for each set of parameters. */
export interface CompressionCounters {
  messagesDeflated: number
  messagesInflated: number
}

export interface CompressionInit {
  readonly pool: ZlibPool
  readonly parameters: CompressionParameters
  readonly policy: CompressionPolicy
  /** Which side we are. */
  readonly role: 'server' | 'client'
  readonly maxMessageSize: number
  readonly counters: CompressionCounters
}

export class Compression {
  readonly pool: ZlibPool
  readonly policy: CompressionPolicy
  readonly counters: CompressionCounters
  readonly deflater: Deflater
  readonly inflater: Inflater
  /** The peer's messages refer back no further than 2 to the power of this; undefined: they may refer to earlier messages. */
  readonly relayableWindowBits: number | undefined
  readonly #reserved: number
  #isClosed = false

  /** A server has reserved the memory for contexts that are kept (reserveContexts); a client has few connections, and a pool of its own. */
  constructor({ pool, parameters, policy, role, maxMessageSize, counters }: CompressionInit) {
    const own = sideOf(parameters, role)
    const peers = sideOf(parameters, role === 'server' ? 'client' : 'server')
    this.pool = pool
    this.policy = policy
    this.counters = counters
    this.deflater = new Deflater(pool, { kind: deflating(policy, own.windowBits), keepsContext: own.keepsContext })
    this.inflater = new Inflater(pool, { ...peers, maxMessageSize })
    // Not what the peer has promised: zlib does not see to it that it keeps to a smaller window, and others would suffer.
    this.relayableWindowBits = peers.keepsContext ? undefined : MAX_WINDOW_BITS
    this.#reserved = role === 'server' ? bytesOfContexts(parameters, policy) : 0
  }

  /** Whether a message is to be compressed; an empty one never is. `compress` is what its sender says, if anything. */
  wants(data: string | Buffer, compress: boolean | undefined): boolean {
    return data.length > 0 && (compress ?? isAtLeast(data, this.policy.threshold))
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.deflater.close()
    this.inflater.close()
    this.pool.unreserve(this.#reserved)
  }
}

/** Whether there is room for the contexts that these parameters keep; if so it is taken, until the connection's Compression closes. */
export function reserveContexts(pool: ZlibPool, parameters: CompressionParameters, policy: CompressionPolicy): boolean {
  return pool.reserve(bytesOfContexts(parameters, policy))
}

/** Gives back what reserveContexts() has taken, for a connection that did not come into being. */
export function releaseContexts(pool: ZlibPool, parameters: CompressionParameters, policy: CompressionPolicy): void {
  pool.unreserve(bytesOfContexts(parameters, policy))
}

/** The state that deflates with a policy for a peer that allows this window. */
export function deflating({ level, memLevel }: CompressionPolicy, windowBits: number): ContextKind {
  return { windowBits, level, memLevel }
}

interface Side {
  readonly windowBits: number
  readonly keepsContext: boolean
}

function sideOf(parameters: CompressionParameters, role: 'server' | 'client'): Side {
  return role === 'server'
    ? { windowBits: parameters.serverMaxWindowBits, keepsContext: !parameters.serverNoContextTakeover }
    : { windowBits: parameters.clientMaxWindowBits, keepsContext: !parameters.clientNoContextTakeover }
}

/** What a server keeps for a connection. */
function bytesOfContexts(parameters: CompressionParameters, policy: CompressionPolicy): number {
  const own = sideOf(parameters, 'server')
  const peers = sideOf(parameters, 'client')
  const deflateSize = own.keepsContext ? sizeOfContext(deflating(policy, own.windowBits)) : 0
  return deflateSize + (peers.keepsContext ? sizeOfContext({ windowBits: peers.windowBits, level: undefined, memLevel: 8 }) : 0)
}

/** Counted in bytes, but only where that matters: a UTF-16 unit takes 1 to 3. */
function isAtLeast(data: string | Buffer, size: number): boolean {
  if (data.length >= size) return true
  return typeof data === 'string' && data.length * 3 >= size && Buffer.byteLength(data) >= size
}
