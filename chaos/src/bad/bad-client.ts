// What a kind of bad client is: what it does, and what may become of it. Types only.
import type { Peer, RequestOptions, Whereto } from '../wire/peer.js'
import type { Deadlines } from '../server/task.js'

export interface BadClient {
  readonly name: string
  /** For the table. */
  readonly does: string
  /** What the server may do about it; anything else is a failure of the suite. */
  readonly allows: readonly string[]
  /** What there is to say about that. */
  readonly remark?: string
  /** Of all bad clients, how many are of this kind, relative to the others. @default 1 */
  readonly share?: number
  /** It waits for no deadline of the server. */
  readonly isQuick?: boolean
  /** It stands for so many connections, and there is one of it at a time. */
  readonly herd?: number
  /** Why it cannot be had on this machine; undefined: it can. */
  missing?(): string | undefined
  /** One of them, from beginning to end. @returns what became of it, as in `allows` */
  attack(world: World): Promise<string>
}

export interface World {
  readonly port: number
  readonly deadlines: Deadlines
  /** From 0 to below 1. */
  readonly random: () => number
  /** How long to wait for what the server does, in ms: longer than any of its deadlines. */
  readonly patience: number
  /** Connects TCP, and sends nothing. Whatever is connected is cut when the attack is over. */
  connect(): Promise<Peer>
  /** The path that says what it is. */
  readonly path: string
  /** A finished handshake. @throws Error when it was refused */
  open(options?: Partial<RequestOptions>): Promise<Peer>
  /** Waits for the end of this peer. @returns its outcome */
  endOf(peer: Peer): Promise<string>
  /** Whether the server takes a message and sends it back. @returns `served`, or its outcome */
  isServed(peer: Peer): Promise<string>
  readonly whereto: Whereto
}
