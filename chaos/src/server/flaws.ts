// Servers that do what must never happen, to prove that the suite notices. Knows messages and connections, no suite.
import type { Connection } from '@tocsin/core'

export const FLAWS = ['drops', 'reorders', 'skips', 'keeps connections', 'keeps buffers', 'keeps handles', 'has no limit', 'has no deadline', 'has no heartbeat', 'throws'] as const
export type Flaw = (typeof FLAWS)[number]

/** Every so many messages, or connections, the flaw shows. */
const SELDOM = 50
const OFTEN = 5

export class Flawed<Data> {
  readonly #flaw: Flaw | undefined
  #count = 0
  readonly #held = new Map<Connection<Data>, string>()
  readonly #kept: unknown[] = []

  constructor(flaw: Flaw | undefined) {
    this.#flaw = flaw
  }

  /** Sends an echo, or what the flaw makes of it. */
  echo(connection: Connection<Data>, message: string | Buffer): void {
    if (this.#flaw === 'throws' && this.#isTurn()) throw new Error('a flaw')
    if (this.#flaw === 'drops' && this.#isTurn()) return
    if (this.#flaw === 'reorders' && typeof message === 'string') return this.#reorder(connection, message)
    connection.send(message)
  }

  #reorder(connection: Connection<Data>, message: string): void {
    const held = this.#held.get(connection)
    // Often: one that is held back at the very end is lost, and out of no order
    if (held === undefined && ++this.#count % OFTEN === 0) return void this.#held.set(connection, message)
    connection.send(message)
    if (held !== undefined) connection.send(held)
    this.#held.delete(connection)
  }

  /** Who does not get what is published to the others: at times, whoever published it. */
  exceptFor(connection: Connection<Data>): { except?: Connection<Data> } {
    return this.#flaw === 'skips' && this.#count++ % OFTEN === 0 ? { except: connection } : {}
  }

  onClosed(connection: Connection<Data>): void {
    this.#held.delete(connection)
    if (this.#flaw === 'keeps connections') this.#kept.push(connection)
    if (this.#flaw === 'keeps buffers') this.#kept.push(Buffer.alloc(64 * 1024, 1))
    if (this.#flaw === 'keeps handles' && this.#isTurn()) this.#kept.push(setInterval(() => {}, 60_000))
  }

  #isTurn(): boolean {
    return ++this.#count % SELDOM === 0
  }
}
