// What events there are, and what follows from that for the types of both sides. Types, and one question about them.
import type { Schema, SchemaInput, SchemaOutput } from './schema.js'

/** An event that is answered: what is asked, and what the answer looks like. */
export interface Exchange<Data extends Schema = Schema, Reply extends Schema = Schema> {
  readonly data: Data
  readonly reply: Reply
}

/** Events by name: the schema of their data, or of data and reply. */
export interface EventMap {
  readonly [event: string]: Schema | Exchange
}

export type EventName<Events extends EventMap> = keyof Events & string

type DataSchema<Entry> = Entry extends Schema ? Entry : Entry extends Exchange<infer Data> ? Data : never

/** What a sender of this event has to give: the input of its schema. */
export type SentData<Entry> = SchemaInput<DataSchema<Entry>>

/** What a handler of this event is given: the output of its schema. */
export type ReceivedData<Entry> = SchemaOutput<DataSchema<Entry>>

/** What a handler of this event returns: anything, unless the event says what its reply is. */
export type HandlerResult<Entry> = Entry extends Schema
  ? unknown
  : Entry extends Exchange<Schema, infer Reply>
    ? SchemaInput<Reply> | Promise<SchemaInput<Reply>>
    : never

/** What a request with this event resolves with: unknown, and unchecked, unless the event says what its reply is. */
export type RequestReply<Entry> = Entry extends Schema
  ? unknown
  : Entry extends Exchange<Schema, infer Reply>
    ? SchemaOutput<Reply>
    : never

/** Data and options at the end of a call; data may be left out where its type has `undefined`. */
export type DataArguments<Data, Options = never> = undefined extends Data
  ? [data?: Data, ...Rest<Options>]
  : [data: Data, ...Rest<Options>]

type Rest<Options> = [Options] extends [never] ? [] : [options?: Options]

/** Whether it is a schema, of any library: some are functions. */
export function isSchema(value: unknown): value is Schema {
  const hasKeys = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return hasKeys && typeof (value as Partial<Schema>)['~standard']?.validate === 'function'
}
