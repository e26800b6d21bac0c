// The wire format: one JSON object per text message, { event, data, id }. Reads and writes it; of all events it knows the
// two that answer.
import { type EventError, usageError } from './errors.js'
import { type EventId, MAX_ID_LENGTH, isEventId } from './event-id.js'
import { Fault, errorDataOf } from './fault.js'

export interface Envelope {
  readonly event: string
  readonly data?: unknown
  readonly id?: EventId | undefined
}

/** Answers a request. */
export const REPLY = 'reply'
/** Says what was wrong; with an id, it answers a request. */
export const ERROR = 'error'

const ID_RULE = `id must be a number or a string of at most ${MAX_ID_LENGTH} characters`

/** Keys besides the three are ignored. @returns a Fault 'bad-message' for what is no envelope; never throws */
export function readEnvelope(text: string): Envelope | Fault {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return new Fault('bad-message', 'a message must be JSON')
  }
  return isRecord(message) ? envelopeOf(message) : new Fault('bad-message', 'a message must be a JSON object')
}

function envelopeOf({ event, data, id }: Record<string, unknown>): Envelope | Fault {
  if (id !== undefined && !isEventId(id)) return new Fault('bad-message', ID_RULE)
  if (typeof event !== 'string') return new Fault('bad-message', 'event must be a string', { id })
  return { event, data, id }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether it answers a request. A reply always does, even one that has lost its id. */
export function isAnswer({ event, id }: Envelope): boolean {
  return event === REPLY || (event === ERROR && id !== undefined)
}

/** @throws TypeError for what JSON cannot hold: a BigInt, a cycle */
export function serializeEnvelope({ event, data, id }: Envelope): string {
  return JSON.stringify({ event, data, id })
}

/** What the application sends. @throws UsageError for 'reply', TypeError for what JSON cannot hold */
export function serializeEvent(event: string, data: unknown): string {
  if (event === REPLY) throw usageError('WS_ERR_EVENT_NAME', `'${REPLY}' answers requests: return a value from the handler instead`)
  return serializeEnvelope({ event, data })
}

/** @throws TypeError for an EventError whose data JSON cannot hold */
export function serializeError(error: EventError, id: EventId | undefined): string {
  return serializeEnvelope({ event: ERROR, data: errorDataOf(error, id !== undefined), id })
}
