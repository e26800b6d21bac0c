// One message to many. Knows who is to be left out; what is sent, and how, is the caller's.
import type { Seating } from './members.js'
import type { Seat } from '../connection/seat.js'

export interface BroadcastOptions<Member> {
  /** Left out: one, or several. */
  readonly except?: Member | Iterable<Member> | undefined
  /** Called once per receiver; false leaves it out. */
  readonly filter?: ((member: Member) => boolean) | undefined
}

/** Calls `send` for every receiver that is not left out. @returns how many accepted */
export function deliver<Member extends object>(
  receivers: Seating<Member>,
  send: (member: Member) => boolean,
  options: BroadcastOptions<Member>,
): number {
  const { except, filter } = options
  if (except === undefined && filter === undefined) return deliverToAll(receivers.seats(), send)
  const excluded = exclusionOf(except)
  let accepted = 0
  for (const seat of receivers.seats()) {
    const member = seat.member!
    if (member === except || excluded?.has(member) === true) continue
    if (filter !== undefined && !filter(member)) continue
    if (send(member)) accepted++
  }
  return accepted
}

function deliverToAll<Member>(seats: Iterable<Seat<Member>>, send: (member: Member) => boolean): number {
  let accepted = 0
  for (const seat of seats) if (send(seat.member!)) accepted++
  return accepted
}

function exclusionOf<Member extends object>(except: Member | Iterable<Member> | undefined): ReadonlySet<Member> | undefined {
  if (except === undefined || !(Symbol.iterator in except)) return undefined
  return except instanceof Set ? except : new Set(except)
}
