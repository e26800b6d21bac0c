// All connections of an endpoint, by id. Knows that they have one, and a seat, and nothing else about them.
import type { Seating } from './members.js'
import { type Seat, SEAT, type Seated } from '../connection/seat.js'

/** What can be registered. */
export interface Identified extends Seated {
  readonly id: string
}

/** An endpoint's connections. Safe to change while it is iterated: what is gone is not visited any more. */
export class Connections<Member extends Identified> implements Iterable<Member>, Seating<Member> {
  readonly #byId = new Map<string, Seat<Member>>()

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Member | undefined {
    return this.#byId.get(id)?.member
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  *[Symbol.iterator](): IterableIterator<Member> {
    for (const seat of this.#byId.values()) yield seat.member!
  }

  /** @internal */
  seats(): Iterable<Seat<Member>> {
    return this.#byId.values()
  }

  /** @internal */
  add(member: Member): void {
    this.#byId.set(member.id, member[SEAT])
  }

  /** @internal Must come before its seat is vacated. */
  delete(member: Member): void {
    if (this.#byId.get(member.id) === member[SEAT]) this.#byId.delete(member.id)
  }
}
