// The header fields of a response, checked before a byte of them is written: no CR, LF or NUL, nothing outside of latin1.
// Knows no status and no body.
import { UsageError, type HeaderRecord } from '../protocol/errors.js'
import { isToken } from './header-scanner.js'

/** One value, or one for each line of a field that is repeated, such as `Set-Cookie`. */
export type FieldValue = HeaderRecord[string]

/** Fields of a response: by name, or as pairs, which may repeat a name (`Map`, `Headers` and `passableHeaders()` fit). */
export type ResponseHeaders = HeaderRecord | Iterable<readonly [string, FieldValue]>

/** One line of the head. */
export type FieldLine = readonly [name: string, value: string]

/** RFC 9110 §5.5: visible characters, space and tab, and obs-text, which is latin1 on the wire. */
const UNFIT_FOR_VALUE = /[^\t\x20-\x7e\x80-\xff]/

/** Whether `text` can stand in one line of a response's head. */
export function isFieldText(text: string): boolean {
  return !UNFIT_FOR_VALUE.test(text)
}

/**
 * One line for each value, in the order given.
 *
 * @throws UsageError `WS_ERR_INVALID_HEADER`: a name that is no token (RFC 9110 §5.1), or a value that would break out of its line.
 * `WS_ERR_RESERVED_HEADER`: a name for which `isReserved` is true, asked in lower case
 */
export function fieldLines(headers: ResponseHeaders, isReserved: (name: string) => boolean): readonly FieldLine[] {
  const entries = isIterable(headers) ? headers : Object.entries(headers)
  const lines: FieldLine[] = []
  for (const [name, value] of entries) {
    checkName(name, isReserved)
    for (const item of isList(value) ? value : [value]) lines.push([name, fieldText(name, item)])
  }
  return lines
}

/** Whether a field stands among the lines; `name` in lower case. */
export function hasField(lines: readonly FieldLine[], name: string): boolean {
  return lines.some(([present]) => present.toLowerCase() === name)
}

/** A whole head, with the empty line that ends it. */
export function serializeHead(statusLine: string, lines: readonly FieldLine[]): string {
  let head = `${statusLine}\r\n`
  for (const [name, value] of lines) head += `${name}: ${value}\r\n`
  return `${head}\r\n`
}

function checkName(name: unknown, isReserved: (name: string) => boolean): void {
  if (typeof name !== 'string' || !isToken(name)) {
    throw new UsageError('WS_ERR_INVALID_HEADER', `${JSON.stringify(name)} cannot be the name of a header`)
  }
  if (!isReserved(name.toLowerCase())) return
  throw new UsageError('WS_ERR_RESERVED_HEADER', `the ${name} header belongs to the handshake: it cannot be set here`)
}

function fieldText(name: string, value: unknown): string {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value
  if (typeof text === 'string' && isFieldText(text)) return text
  // The value may be a credential: it does not go into the message.
  const message = `the ${name} header must be a string without line breaks, control characters or characters outside of latin1`
  throw new UsageError('WS_ERR_INVALID_HEADER', message)
}

function isIterable(headers: ResponseHeaders): headers is Iterable<readonly [string, FieldValue]> {
  return Symbol.iterator in headers
}

function isList(value: FieldValue): value is readonly string[] {
  return Array.isArray(value)
}
