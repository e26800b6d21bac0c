// Who is subscribed to what. Knows members as things, and topics as names.
import { Members } from './members.js'
import type { Seated } from '../connection/seat.js'

/** A topic exists while it has a member. */
export class Topics<Member extends Seated> {
  readonly #members = new Map<string, Members<Member>>()

  /** Topics that have a member. */
  get size(): number {
    return this.#members.size
  }

  join(member: Member, topic: string): void {
    const members = this.#members.get(topic) ?? new Members<Member>()
    if (members.size === 0) this.#members.set(topic, members)
    members.add(member)
  }

  leave(member: Member, topic: string): void {
    const members = this.#members.get(topic)
    if (members?.delete(member) === true && members.size === 0) this.#members.delete(topic)
  }

  /** The members now; changes while it is iterated are safe. */
  membersOf(topic: string): Members<Member> {
    return this.#members.get(topic) ?? new Members()
  }
}
