// Single fields out of the record of request headers that Node hands over. Every field is optional, may be repeated and may be empty.
import type { HandshakeError } from '../protocol/errors.js'
import { badRequest } from './refusal.js'

/** Request headers by lower-case name, as in Node's `IncomingMessage.headers`. */
export interface RequestHeaders {
  readonly [name: string]: string | readonly string[] | undefined
}

/**
 * These stand alone: RFC 9112 §3.2 (Host), RFC 6454 §7.3 (Origin), RFC 6455 §11.3.1 (key). The version is `version`, not a
 * list, in a request (RFC 6455 §4.3).
 */
const SINGULAR_FIELDS = ['host', 'origin', 'sec-websocket-key', 'sec-websocket-version'] as const

/**
 * Refuses a handshake in which a singular field came twice. `headers` alone cannot tell: Node keeps the first Host and
 * forgets the others, while a proxy in front may have decided by the last.
 * @throws HandshakeError 400 `WS_ERR_REPEATED_HEADER`
 */
export function refuseRepeatedFields(rawHeaders: readonly string[]): void {
  let seen = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const bit = singularBit(rawHeaders[index]!)
    if ((seen & bit) !== 0) throw repeated(rawHeaders[index]!.toLowerCase())
    seen |= bit
  }
}

/** One bit for each of them, 0 for any other name. Their lengths differ, and few other names have one of these. */
function singularBit(name: string): number {
  for (let i = 0; i < SINGULAR_FIELDS.length; i++) {
    if (name.length === SINGULAR_FIELDS[i]!.length && name.toLowerCase() === SINGULAR_FIELDS[i]) return 1 << i
  }
  return 0
}

/** A field that may come once; undefined if it is absent. More than one is a HandshakeError 400 `WS_ERR_REPEATED_HEADER`. */
export function singularField(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name]
  if (typeof value === 'string' || value === undefined) return value
  if (value.length > 1) throw repeated(name)
  return value[0]
}

/** A field that may come several times: all its values, joined as RFC 9110 §5.3 allows; undefined if it is absent. */
export function listField(headers: RequestHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' || value === undefined ? value : value.join(', ')
}

function repeated(name: string): HandshakeError {
  return badRequest('WS_ERR_REPEATED_HEADER', `the ${name} header must not be repeated`)
}
