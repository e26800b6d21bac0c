// A client that must not notice anything: it sends numbered messages, and counts what comes back. Knows no timers.
import type { Buffer } from 'node:buffer'
import type { Peer } from '../wire/peer.js'
import { Sequences, type Tally } from './tally.js'

export interface Place {
  /** Among the members of its room. */
  readonly member: number
  readonly members: number
}

/** Short, with a 16-bit length, and longer than what is gathered into a slab. */
const PADDINGS = [16, 400, 20_000].map((length) => '.'.repeat(length))

export class GoodClient {
  readonly peer: Peer
  readonly place: Place
  echoesSent = 0
  publishedCount = 0
  readonly #tally: Tally
  readonly #echoes: Sequences
  readonly #room: Sequences
  readonly #announcements: Sequences
  readonly #shouts: Sequences
  readonly #onRoundTrip: (milliseconds: number) => void
  #timed = -1
  #timedAt = 0

  constructor(peer: Peer, place: Place, { tally, onRoundTrip }: { tally: Tally; onRoundTrip: (milliseconds: number) => void }) {
    this.peer = peer
    this.place = place
    this.#tally = tally
    this.#onRoundTrip = onRoundTrip
    this.#echoes = new Sequences(1, tally)
    this.#room = new Sequences(place.members, tally)
    this.#announcements = new Sequences(1, tally)
    this.#shouts = new Sequences(1, tally)
    peer.onMessage = (payload) => this.#onMessage(payload)
  }

  echo(): void {
    if (this.#timed < 0) {
      this.#timed = this.echoesSent
      this.#timedAt = performance.now()
    }
    this.peer.send(echoText(this.echoesSent++))
  }

  publish(): void {
    this.peer.send(`room ${this.place.member} ${this.publishedCount++}`)
  }

  /** Whether all of that has come. @param published by each member of the room */
  hasAll(announced: number, shouted: number, published: readonly number[]): boolean {
    if (this.#echoes.next() < this.echoesSent || this.#announcements.next() < announced || this.#shouts.next() < shouted) return false
    return published.every((count, member) => this.#room.next(member) >= count)
  }

  finish(announced: number, shouted: number, published: readonly number[]): void {
    this.#echoes.finish(this.echoesSent)
    this.#announcements.finish(announced)
    this.#shouts.finish(shouted)
    published.forEach((count, member) => this.#room.finish(count, member))
  }

  #onMessage(payload: Buffer): void {
    const text = payload.toString('latin1')
    const [kind, first, second] = text.split(' ', 3)
    if (kind === 'echo') this.#onEcho(text, Number(first))
    else if (kind === 'room') this.#room.take(Number(second), Number(first))
    else if (kind === 'announcement') this.#announcements.take(Number(first))
    else if (kind === 'shout') this.#shouts.take(Number(first))
    else this.#tally.corrupt++
  }

  #onEcho(text: string, sequence: number): void {
    if (text !== echoText(sequence)) this.#tally.corrupt++
    if (sequence === this.#timed) {
      this.#timed = -1
      this.#onRoundTrip(performance.now() - this.#timedAt)
    }
    this.#echoes.take(sequence)
  }
}

function echoText(sequence: number): string {
  return `echo ${sequence} ${PADDINGS[sequence % 50 === 49 ? 2 : sequence % 5 === 4 ? 1 : 0]!}`
}
