// The wire format: one JSON object per text message, { event, data, id }. Parses and writes it; of all events it knows the
// two that answer.
import type { EventError } from './errors.js'
import { Fault, errorDataOf } from './fault.js'

/** Ties an answer to its request; chosen by whoever asks. */
export type EventId = string | number

export interface Envelope {
  readonly event: string
  readonly data?: unknown
  readonly id?: EventId | undefined
}

/** Answers a request. */
export const REPLY = 'reply'
/** Says what was wrong; with an id, it answers a request. */
export const ERROR = 'error'

/** An id comes back in the answer: it must not be a way to have long texts repeated. */
const MAX_ID_LENGTH = 256

/** Keys besides these three are ignored. @throws Fault 'bad-message' */
export function parseEnvelope(text: string): Envelope {
  const message = parseJson(text)
  if (!isRecord(message)) throw new Fault('bad-message', 'a message must be a JSON object')
  const { event, data, id } = message
  if (id !== undefined && !isEventId(id)) throw new Fault('bad-message', `id must be a number or a string of at most ${MAX_ID_LENGTH} characters`)
  if (typeof event !== 'string') throw new Fault('bad-message', 'event must be a string', { id })
  return { event, data, id }
}

/** @throws TypeError for what JSON cannot hold: a BigInt, a cycle */
export function serializeEnvelope({ event, data, id }: Envelope): string {
  return JSON.stringify({ event, data, id })
}

export function serializeError(error: EventError, id: EventId | undefined): string {
  return serializeEnvelope({ event: ERROR, data: errorDataOf(error, id !== undefined), id })
}

/** Whether it answers a request. A reply always does, even one that has lost its id. */
export function isAnswer({ event, id }: Envelope): boolean {
  return event === REPLY || (event === ERROR && id !== undefined)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Fault('bad-message', 'a message must be JSON')
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isEventId(value: unknown): value is EventId {
  return typeof value === 'number' ? Number.isFinite(value) : typeof value === 'string' && value.length <= MAX_ID_LENGTH
}
