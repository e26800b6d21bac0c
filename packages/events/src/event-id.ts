// What ties an answer to its request.

/** Chosen by whoever asks: a number, or a string of at most 256 UTF-16 units. */
export type EventId = string | number

/** An id comes back in the answer: it must not be a way to have long texts repeated. */
export const MAX_ID_LENGTH = 256

export function isEventId(value: unknown): value is EventId {
  return typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && value.length <= MAX_ID_LENGTH
}
