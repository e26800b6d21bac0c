// What is wrong with a message that was received, and how its sender is told: what to change, but none of the values that
// it sent. Knows no connection.
import type { EventId } from './event-id.js'
import { type ErrorData, type ErrorIssue, EventError } from './errors.js'
import type { SchemaIssue } from './schema.js'

export const INTERNAL_ERROR = 'internal-error'

type FaultCode = 'bad-message' | 'unknown-event' | 'invalid-data' | typeof INTERNAL_ERROR

/** An answer is short, whatever was sent. */
const MAX_ISSUES = 10
const MAX_PATH = 16
const MAX_KEY_LENGTH = 64
const MAX_MESSAGE_LENGTH = 200

/** A fault that this package finds, as opposed to the EventErrors of handlers. */
export class Fault extends EventError {
  readonly issues: ReadonlyArray<ErrorIssue> | undefined
  /** Of a message that is so bad that its id is all that could be read. */
  readonly id: EventId | undefined

  constructor(code: FaultCode, message: string, { issues, id }: { issues?: ReadonlyArray<ErrorIssue>; id?: EventId | undefined } = {}) {
    super(message, { code })
    this.issues = issues
    this.id = id
  }
}

/** The data do not fit their schema. */
export function invalidData(found: ReadonlyArray<SchemaIssue>, data: unknown): Fault {
  const issues = found.slice(0, MAX_ISSUES).map((issue) => describeIssue(issue, data))
  const [first] = issues
  const where = first === undefined || first.path.length === 0 ? '' : `${first.path.join('.')}: `
  return new Fault('invalid-data', `${where}${first?.message ?? 'invalid data'}`, { issues })
}

/** Who asked (with an id) is told everything; who did not, the message, and what a handler chose to say. */
export function errorDataOf(error: EventError, isAnswer: boolean): ErrorData {
  const { message, code, data } = error
  if (!(error instanceof Fault)) return { message, code, data }
  return isAnswer ? { message, code, issues: error.issues } : { message }
}

function describeIssue({ message, path = [] }: SchemaIssue, data: unknown): ErrorIssue {
  const keys = path.map((segment) => (typeof segment === 'object' ? segment.key : segment))
  const words = withoutValue(message, valueAt(data, keys))
  return { path: keys.slice(0, MAX_PATH).map(printableKey), message: shortened(words, MAX_MESSAGE_LENGTH) }
}

function printableKey(key: PropertyKey): string | number {
  return typeof key === 'number' ? key : shortened(String(key), MAX_KEY_LENGTH)
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key]
  return value
}

/** Some libraries quote what they were given ('... but received "secret"'). */
function withoutValue(message: string, value: unknown): string {
  return typeof value === 'string' && value !== '' ? message.replaceAll(`"${value}"`, '"…"') : message
}

function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`
}
