// All connections of an endpoint, by id. Knows that they have one, and nothing else about them.

/** What can be registered. */
export interface Identified {
  readonly id: string
}

/** An endpoint's connections. Safe to change while it is iterated: what is gone is not visited any more. */
export class Connections<Member extends Identified> implements Iterable<Member> {
  readonly #byId = new Map<string, Member>()

  get size(): number {
    return this.#byId.size
  }

  get(id: string): Member | undefined {
    return this.#byId.get(id)
  }

  has(id: string): boolean {
    return this.#byId.has(id)
  }

  [Symbol.iterator](): IterableIterator<Member> {
    return this.#byId.values()
  }

  /** @internal */
  add(member: Member): void {
    this.#byId.set(member.id, member)
  }

  /** @internal */
  delete(member: Member): void {
    if (this.#byId.get(member.id) === member) this.#byId.delete(member.id)
  }
}
