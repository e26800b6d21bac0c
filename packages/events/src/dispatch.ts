// One received event from its envelope to its answer: validate, run the handlers in order, reply. Costs no promise where
// schema and handlers are synchronous. Knows neither endpoints nor connections.
import { ERROR, type Envelope, REPLY, serializeEnvelope } from './envelope.js'
import { EventError } from './errors.js'
import type { EventId } from './event-id.js'
import { Fault, INTERNAL_ERROR, invalidData } from './fault.js'
import type { Handler, HandlerEntry, HandlerTable } from './handler-table.js'
import { isPromise } from './promises.js'
import type { SchemaResult } from './schema.js'

/** Where an event came from. */
export interface Origin {
  /** Calls a handler with the arguments that it expects. */
  call(handler: Handler, data: unknown): unknown
  /** Sends to whoever sent the event. */
  reply(text: string): void
  /** Says what was wrong; without an id, it is the origin's choice to whom. */
  refuse(error: EventError, id: EventId | undefined): void
  /** A handler threw something that is not for the other side. */
  onFailure(error: unknown): void
}

/** Never throws, never rejects: whatever goes wrong is answered. */
export function dispatch(table: HandlerTable, envelope: Envelope, origin: Origin): void | Promise<void> {
  const reply = (value: unknown): void => sendReply(envelope, value, origin)
  const fail = (error: unknown): void => sendError(envelope, error, origin)
  try {
    const value = handle(table, envelope, origin)
    if (isPromise(value)) return Promise.resolve(value).then(reply).catch(fail)
    reply(value)
  } catch (error) {
    fail(error)
  }
}

function handle(table: HandlerTable, { event, data }: Envelope, origin: Origin): unknown {
  const entry = table.find(event)
  if (entry === undefined) throw new Fault('unknown-event', 'unknown event')
  const run = (result: SchemaResult<unknown>): unknown => runHandlers(entry, outputOf(result, data), origin)
  const result = entry.schema['~standard'].validate(data)
  return isPromise(result) ? Promise.resolve(result).then(run) : run(result)
}

function outputOf(result: SchemaResult<unknown>, data: unknown): unknown {
  if (result.issues !== undefined) throw invalidData(result.issues, data)
  return result.value
}

function runHandlers({ handlers }: HandlerEntry, data: unknown, origin: Origin): unknown {
  return handlers.length === 1 ? origin.call(handlers[0]!, data) : runInOrder(handlers, (handler) => origin.call(handler, data))
}

/** All run, each after the one before has settled; the first value that is not undefined is the reply. */
async function runInOrder(handlers: readonly Handler[], call: (handler: Handler) => unknown): Promise<unknown> {
  let reply: unknown
  for (const handler of handlers) {
    const value = await call(handler)
    if (reply === undefined) reply = value
  }
  return reply
}

/** Who asked is answered, if only by "done". */
function sendReply({ id }: Envelope, data: unknown, origin: Origin): void {
  if (id !== undefined) origin.reply(serializeEnvelope({ event: REPLY, data, id }))
}

/** An error is never answered with an error: two peers would go on for ever. */
function sendError({ event, id }: Envelope, error: unknown, origin: Origin): void {
  const isPublic = error instanceof EventError
  if (!isPublic) origin.onFailure(error)
  if (event !== ERROR) refuse(isPublic ? error : internalError(), id, origin)
}

function refuse(error: EventError, id: EventId | undefined, origin: Origin): void {
  try {
    origin.refuse(error, id)
  } catch (unserializable) {
    origin.onFailure(unserializable)
    origin.refuse(internalError(), id)
  }
}

function internalError(): Fault {
  return new Fault(INTERNAL_ERROR, 'internal error')
}
