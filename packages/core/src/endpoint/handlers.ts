// The handlers of an endpoint's events: several of one event run in order, each awaited if it is asynchronous. A list of
// synchronous handlers costs neither a promise nor a closure. Knows names and functions.

type Handler = (...values: never[]) => unknown
type AnyHandler = (first: unknown, second: unknown, third: unknown) => unknown

/** The handlers of one event. */
export class HandlerList {
  /** Replaced, never changed: who runs through it sees it as it was. */
  #handlers: readonly AnyHandler[] = []

  get isEmpty(): boolean {
    return this.#handlers.length === 0
  }

  add(handler: Handler): void {
    this.#handlers = [...this.#handlers, handler as AnyHandler]
  }

  remove(handler: Handler): void {
    this.#handlers = this.#handlers.filter((known) => known !== handler)
  }

  /** Calls them. A promise when one of them is asynchronous. */
  run(first: unknown, second: unknown, third?: unknown): void | Promise<void> {
    const handlers = this.#handlers
    for (let i = 0; i < handlers.length; i++) {
      const result = handlers[i]!(first, second, third)
      if (!isPromise(result)) continue
      const isLast = i === handlers.length - 1
      return isLast && result instanceof Promise ? (result as Promise<void>) : runRest(result, handlers.slice(i + 1), [first, second, third])
    }
  }
}

async function runRest(result: PromiseLike<unknown>, handlers: readonly AnyHandler[], values: readonly [unknown, unknown, unknown]): Promise<void> {
  await result
  for (const handler of handlers) await handler(...values)
}

export class Handlers {
  readonly #lists = new Map<string, HandlerList>()

  add(event: string, handler: Handler): void {
    this.of(event).add(handler)
  }

  remove(event: string, handler: Handler): void {
    this.of(event).remove(handler)
  }

  has(event: string): boolean {
    return this.#lists.get(event)?.isEmpty === false
  }

  /** The list of an event; the same one for good. */
  of(event: string): HandlerList {
    const known = this.#lists.get(event)
    if (known !== undefined) return known
    const list = new HandlerList()
    this.#lists.set(event, list)
    return list
  }
}

/** Whether a handler's result has to be awaited. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
