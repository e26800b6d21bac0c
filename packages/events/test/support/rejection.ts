/** What a promise is rejected with. Listens at once, so that it may be awaited later. */
export function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then((value) => { throw new Error('was fulfilled', { cause: value }) }, (reason: unknown) => reason)
}
