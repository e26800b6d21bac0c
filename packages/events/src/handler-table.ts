// Which events are known, what their data must look like, and who handles them. Names are only names: '__proto__' too.
import { REPLY } from './envelope.js'
import { type EventMap, type Exchange, isSchema } from './event-map.js'
import { usageError } from './errors.js'
import type { Schema } from './schema.js'

/** Its first arguments depend on who calls it. */
export type Handler = (...values: never[]) => unknown

export interface HandlerEntry {
  readonly schema: Schema
  /** Replaced, never changed: whoever is running through it is not disturbed. */
  handlers: readonly Handler[]
}

export class HandlerTable {
  readonly #entries = new Map<string, HandlerEntry>()

  /** @throws UsageError for an event called 'reply', or one without a schema */
  constructor(incoming: EventMap) {
    for (const [event, entry] of Object.entries(incoming)) {
      if (event === REPLY) throw usageError('WS_ERR_EVENT_NAME', `an event cannot be called '${REPLY}': that answers requests`)
      this.#entries.set(event, { schema: schemaOf(event, entry), handlers: [] })
    }
  }

  /** What can be run: undefined for an unknown name, and for an event that nobody handles. */
  find(event: string): HandlerEntry | undefined {
    const entry = this.#entries.get(event)
    return entry === undefined || entry.handlers.length === 0 ? undefined : entry
  }

  add(event: string, handler: Handler): void {
    if (typeof handler !== 'function') throw usageError('WS_ERR_HANDLER', `the handler of '${event}' must be a function`)
    const entry = this.#known(event)
    entry.handlers = [...entry.handlers, handler]
  }

  remove(event: string, handler: Handler): void {
    const entry = this.#known(event)
    entry.handlers = entry.handlers.filter((known) => known !== handler)
  }

  #known(event: string): HandlerEntry {
    const entry = this.#entries.get(event)
    if (entry === undefined) throw usageError('WS_ERR_EVENT_NAME', `the event '${event}' has no schema: defineEvents() must name it`)
    return entry
  }
}

function schemaOf(event: string, entry: EventMap[string]): Schema {
  const schema = isSchema(entry) ? entry : (entry as Exchange | undefined)?.data
  if (!isSchema(schema)) throw usageError('WS_ERR_SCHEMA', `the schema of '${event}' does not implement Standard Schema`)
  return schema
}
