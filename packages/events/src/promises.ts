// Telling a promise from a value, so that synchronous handlers cost none. Knows nothing else.

export function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
