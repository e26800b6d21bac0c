// One received event from its envelope to its answer: validate, run the handlers in order, reply. Costs no promise where
// schema and handlers are synchronous. Knows neither endpoints nor connections.
import { ERROR, type Envelope, REPLY, serializeEnvelope, serializeError } from './envelope.js'
import { EventError } from './errors.js'
import { Fault, invalidData } from './fault.js'
import type { Handler, HandlerEntry, HandlerTable } from './handler-table.js'
import { andThen, isPromise } from './promises.js'
import type { SchemaResult } from './schema.js'

/** Where an event came from. */
export interface Origin {
  /** Sends to whoever sent the event. */
  answer(text: string): void
  /** Calls a handler with the arguments that it expects. */
  call(handler: Handler, data: unknown): unknown
  /** A handler threw something that is no answer. */
  onFailure(error: unknown): void
}

/** Never throws, never rejects: whatever goes wrong is answered. */
export function dispatch(table: HandlerTable, envelope: Envelope, origin: Origin): void | Promise<void> {
  const reply = (value: unknown): void => sendReply(envelope, value, origin)
  const refuse = (error: unknown): void => sendError(envelope, error, origin)
  try {
    const value = handle(table, envelope, origin)
    if (isPromise(value)) return Promise.resolve(value).then(reply).catch(refuse)
    reply(value)
  } catch (error) {
    refuse(error)
  }
}

function handle(table: HandlerTable, { event, data }: Envelope, origin: Origin): unknown {
  const entry = table.find(event)
  if (entry === undefined) throw new Fault('unknown-event', 'unknown event')
  return andThen(entry.schema['~standard'].validate(data), (result) => runHandlers(entry, outputOf(result, data), origin))
}

function outputOf(result: SchemaResult<unknown>, data: unknown): unknown {
  if (result.issues !== undefined) throw invalidData(result.issues, data)
  return result.value
}

/** All handlers run, each after the one before has settled; the first value that is not undefined is the reply. */
function runHandlers({ handlers }: HandlerEntry, data: unknown, origin: Origin): unknown {
  const runFrom = (first: number, reply: unknown): unknown => {
    let value = reply
    for (let i = first; i < handlers.length; i++) {
      const result = origin.call(handlers[i]!, data)
      const earlier = value
      if (isPromise(result)) return result.then((later) => runFrom(i + 1, earlier === undefined ? later : earlier))
      if (value === undefined) value = result
    }
    return value
  }
  return runFrom(0, undefined)
}

/** Who asked is answered, even by nothing but "done". */
function sendReply({ event, id }: Envelope, value: unknown, origin: Origin): void {
  if (id !== undefined && event !== ERROR) origin.answer(serializeEnvelope({ event: REPLY, data: value, id }))
}

/** An error is never answered with an error: two peers would go on for ever. */
function sendError({ event, id }: Envelope, error: unknown, origin: Origin): void {
  const isPublic = error instanceof EventError
  if (!isPublic) origin.onFailure(error)
  if (event === ERROR) return
  origin.answer(serializeFor(isPublic ? error : internalError(), id, origin))
}

function serializeFor(error: EventError, id: Envelope['id'], origin: Origin): string {
  try {
    return serializeError(error, id)
  } catch (failure) {
    origin.onFailure(failure)
    return serializeError(internalError(), id)
  }
}

function internalError(): Fault {
  return new Fault('internal-error', 'internal error')
}
