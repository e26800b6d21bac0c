// What arrived of what was sent, in which order. Numbers only.

export interface Tally {
  /** Clients of this load. */
  clients: number
  /** Of them, those that are still connected. */
  connected: number
  /** Messages that arrived. */
  received: number
  /** Sequence numbers that were passed over, or never came. */
  lost: number
  /** Messages that came after a later one, or twice. */
  disordered: number
  /** Messages that were not what had been sent. */
  corrupt: number
}

export function emptyTally(): Tally {
  return { clients: 0, connected: 0, received: 0, lost: 0, disordered: 0, corrupt: 0 }
}

/** Counts what comes under sequence numbers from several senders, 0, 1, 2, ... from each. */
export class Sequences {
  readonly #next: Uint32Array
  readonly #tally: Tally

  constructor(senders: number, tally: Tally) {
    this.#next = new Uint32Array(senders)
    this.#tally = tally
  }

  next(sender = 0): number {
    return this.#next[sender]!
  }

  take(sequence: number, sender = 0): void {
    const next = this.#next[sender]
    if (next === undefined || !Number.isInteger(sequence)) return void this.#tally.corrupt++
    this.#tally.received++
    if (sequence < next) return void this.#tally.disordered++
    this.#tally.lost += sequence - next
    this.#next[sender] = sequence + 1
  }

  /** Nothing more comes: what is missing of so many is lost. */
  finish(sent: number, sender = 0): void {
    this.#tally.lost += Math.max(0, sent - this.#next[sender]!)
    this.#next[sender] = Math.max(sent, this.#next[sender]!)
  }
}
