// Handlers by event name. Knows no event in particular. What a handler throws never reaches the caller of emit().

type Handler = (...values: never[]) => unknown

export class Emitter<Events> {
  readonly #handlers = new Map<keyof Events, readonly Handler[]>()

  add(event: keyof Events, handler: Handler): void {
    this.#handlers.set(event, [...this.#of(event), handler])
  }

  remove(event: keyof Events, handler: Handler): void {
    this.#handlers.set(event, this.#of(event).filter((each) => each !== handler))
  }

  has(event: keyof Events): boolean {
    return this.#of(event).length > 0
  }

  /** In the order in which they were added; those added or removed meanwhile count the next time. */
  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const handler of this.#of(event)) {
      try {
        (handler as (value: Events[E]) => unknown)(value)
      } catch (error) {
        // As with any event handler: an uncaught exception, which the others and the connection do not suffer from.
        queueMicrotask(() => { throw error })
      }
    }
  }

  #of(event: keyof Events): readonly Handler[] {
    return this.#handlers.get(event) ?? []
  }
}
