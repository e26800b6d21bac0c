// What is measured, in numbers. Types only.
import type { PayloadKind } from '../payload.js'

export interface Workload {
  /**
   * `echo`: `depth` messages in flight on each connection. `broadcast`: `perTurn` messages to all, again and again. `chat`: everybody says
   * something, all hear it. `rate`: an echo of `rate` messages a second. `open`: handshake and clean close. `idle`: memory of
   * connections that do nothing.
   */
  readonly does: 'echo' | 'broadcast' | 'chat' | 'rate' | 'open' | 'idle'
  readonly connections: number
  readonly payload: PayloadKind
  /** Bytes. */
  readonly size: number
  readonly depth?: number
  readonly perTurn?: number
  readonly rate?: number
  /** How the server takes text. @default 'string' */
  readonly take?: 'string' | 'bytes'
  readonly deflate?: boolean
  /** One message on each connection before it idles. @default false */
  readonly greet?: boolean
  /** How many times the usual warm-up: more where there is much code and each of its lines runs seldom. @default 1 */
  readonly warmUps?: number
}

/** A goal of PERFORMANCE: better than `ws` by a factor, at least as good as a share of `net` or of our own core, or bytes at most. */
export interface Goal {
  readonly goal: number
  readonly stretch?: number
  readonly over?: string
  /** Of our own figure, in its unit: lower is better. */
  readonly isAbsolute?: boolean
  /** Counts as reached from this share of it on. @default 1 */
  readonly counts?: number
  /** Whose goal it is. @default the row's subject */
  readonly subject?: string
  /** Which internals of Node it takes to reach it, if any. */
  readonly internals?: string
}

export interface Row {
  readonly name: string
  readonly group: Group
  readonly workload: Workload
  /** Names of the catalogue; ratios are to `base`. */
  readonly servers: readonly string[]
  /** @default 'ws' */
  readonly base?: string
  /** Whom the row is about. @default 'tocsin' */
  readonly subject?: string
  readonly goals?: readonly Goal[]
  /** A quick run shows all servers of this row, not only the first two. */
  readonly isShowcase?: boolean
}

export type Group = 'echo' | 'text' | 'broadcast' | 'chat' | 'deflate' | 'open' | 'memory' | 'routes' | 'latency'
