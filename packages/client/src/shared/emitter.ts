// Handlers by event name. Knows no event in particular. What a handler throws never reaches the caller of emit().

type Handler = (value: never) => unknown

export interface Emitter<Events> {
  /** In the order in which they were added. Each change makes a new list: those added or removed during emit() count the next time. */
  of(event: keyof Events): readonly Handler[]
  on(event: keyof Events, handler: Handler): void
  off(event: keyof Events, handler: Handler): void
  emit<E extends keyof Events>(event: E, value: Events[E]): void
}

export function createEmitter<Events>(): Emitter<Events> {
  const handlers: { [Event in keyof Events]?: readonly Handler[] } = {}
  const of = (event: keyof Events): readonly Handler[] => handlers[event] ?? []
  return {
    of,
    on(event, handler) {
      handlers[event] = [...of(event), handler]
    },
    off(event, handler) {
      handlers[event] = of(event).filter((each) => each !== handler)
    },
    emit(event, value) {
      for (const handler of of(event)) {
        try {
          handler(value as never)
        } catch (error) {
          // As with any event handler: an uncaught exception, which the others and the connection do not suffer from.
          queueMicrotask(() => { throw error })
        }
      }
    },
  }
}
