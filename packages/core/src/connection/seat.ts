// A member's place in the Maps and Sets of its registry, which can be emptied (docs/adr/0015-seats.md). A Map or Set that has lived for a
// while leaves its former entries to the next full garbage collection: each time it makes itself anew, its old table goes on holding what was in it.
// With connections that come and go this holds sockets and buffers by the thousand. What holds an empty seat instead holds nothing.

export const SEAT: unique symbol = Symbol('tocsin.seat')

export class Seat<Member> {
  /** Undefined once it has left everything for good. */
  member: Member | undefined

  constructor(member: Member) {
    this.member = member
  }

  vacate(): void {
    this.member = undefined
  }
}

/** What can be registered. */
export interface Seated {
  readonly [SEAT]: Seat<this>
}
