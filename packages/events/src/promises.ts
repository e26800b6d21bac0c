// Going on with what may be a promise or not, so that synchronous handlers cost none. Knows nothing else.

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}

/** Calls `next` with the value: at once, or when the promise is fulfilled. */
export function andThen<Value, Result>(value: Value | PromiseLike<Value>, next: (value: Value) => Result): Result | Promise<Awaited<Result>> {
  return isPromise(value) ? (Promise.resolve(value as PromiseLike<Value>).then(next) as Promise<Awaited<Result>>) : next(value as Value)
}
