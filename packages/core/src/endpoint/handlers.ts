// The handlers of an endpoint's events: several of one event run in order, each awaited if it is asynchronous. A list of
// synchronous handlers costs no promise. Knows names and functions.

type Handler = (...values: never[]) => unknown
type Call = (handler: Handler) => unknown

export class Handlers {
  readonly #lists = new Map<string, readonly Handler[]>()

  add(event: string, handler: Handler): void {
    this.#lists.set(event, [...this.of(event), handler])
  }

  remove(event: string, handler: Handler): void {
    const rest = this.of(event).filter((known) => known !== handler)
    if (rest.length === 0) this.#lists.delete(event)
    else this.#lists.set(event, rest)
  }

  has(event: string): boolean {
    return this.#lists.has(event)
  }

  /** The handlers at this moment; the list itself never changes. */
  of(event: string): readonly Handler[] {
    return this.#lists.get(event) ?? NONE
  }

  /** Calls the handlers of an event. A promise when one of them is asynchronous. */
  run(event: string, call: Call): void | Promise<void> {
    return runFrom(this.of(event), 0, call)
  }
}

const NONE: readonly Handler[] = []

function runFrom(handlers: readonly Handler[], first: number, call: Call): void | Promise<void> {
  for (let i = first; i < handlers.length; i++) {
    const result = call(handlers[i]!)
    if (isPromise(result)) return result.then(() => runFrom(handlers, i + 1, call))
  }
}

/** Whether a handler's result has to be awaited. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
