// Handlers by event name. Knows no event in particular. What a handler throws never reaches the caller of emit().

type Handler = (value: never) => unknown

export class Emitter<Events> {
  readonly #handlers: { [Event in keyof Events]?: readonly Handler[] } = {}

  /** In the order in which they were added. Each change makes a new list: those added or removed during emit() count the next time. */
  of(event: keyof Events): readonly Handler[] {
    return this.#handlers[event] ?? []
  }

  add(event: keyof Events, handler: Handler): void {
    this.#handlers[event] = [...this.of(event), handler]
  }

  remove(event: keyof Events, handler: Handler): void {
    this.#handlers[event] = this.of(event).filter((each) => each !== handler)
  }

  emit<E extends keyof Events>(event: E, value: Events[E]): void {
    for (const handler of this.of(event)) {
      try {
        handler(value as never)
      } catch (error) {
        // As with any event handler: an uncaught exception, which the others and the connection do not suffer from.
        queueMicrotask(() => { throw error })
      }
    }
  }
}
