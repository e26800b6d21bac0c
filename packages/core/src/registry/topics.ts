// Who is subscribed to what. Knows members as things, and topics as names.

/** A topic exists while it has a member. */
export class Topics<Member> {
  readonly #members = new Map<string, Set<Member>>()

  /** Topics that have a member. */
  get size(): number {
    return this.#members.size
  }

  join(member: Member, topic: string): void {
    const members = this.#members.get(topic)
    if (members === undefined) this.#members.set(topic, new Set([member]))
    else members.add(member)
  }

  leave(member: Member, topic: string): void {
    const members = this.#members.get(topic)
    if (members?.delete(member) === true && members.size === 0) this.#members.delete(topic)
  }

  /** The members now; changes while it is iterated are safe. */
  membersOf(topic: string): ReadonlySet<Member> {
    return this.#members.get(topic) ?? new Set()
  }
}
