// The head of an HTTP/1.1 response: text in, status and fields out (RFC 9112 §4, §5). Pure, and strict: what is not exactly
// a head is an error.
import { isFieldText, isToken } from '@tocsin/core/handshake'
import { CloseCode, ProtocolError } from '@tocsin/core/protocol'

export interface ResponseHead {
  readonly status: number
  readonly reason: string
  /** By lower-case name; several fields of one name joined by ', ', but `set-cookie` as a list. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

/** @param text without the empty line at its end. @throws ProtocolError `WS_ERR_HANDSHAKE` */
export function parseResponseHead(text: string): ResponseHead {
  const [statusLine = '', ...lines] = text.split('\r\n')
  // RFC 9112 §4: the reason may be empty, and its space is there; servers leave that out.
  const match = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: (.*))?$/.exec(statusLine)
  if (match === null || !isFieldText(match[3] ?? '')) throw badResponse('it does not begin with a status line of HTTP/1.1')
  const [, minor, status, reason = ''] = match
  // RFC 6455 §4.1: the request demanded HTTP/1.1, and 1.0 knows no upgrade.
  if (minor === '0' && status === '101') throw badResponse('a 101 needs HTTP/1.1')
  return { status: Number(status), reason, headers: parseFields(lines) }
}

function parseFields(lines: readonly string[]): ResponseHead['headers'] {
  const fields = new Map<string, string | readonly string[]>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, Math.max(0, colon)).toLowerCase()
    // RFC 9112 §5: no whitespace before the colon; §5.2: no folded lines. Both fail here, since neither leaves a token.
    if (!isToken(name)) throw badResponse('a line of it is no header field')
    const value = trim(line.slice(colon + 1))
    if (!isFieldText(value)) throw badResponse('a header field of it holds control characters')
    add(fields, name, value)
  }
  // Without a prototype: `__proto__` is only a name.
  return Object.assign(Object.create(null) as object, Object.fromEntries(fields))
}

function add(fields: Map<string, string | readonly string[]>, name: string, value: string): void {
  const known = fields.get(name)
  if (name === 'set-cookie') fields.set(name, [...(known ?? []), value])
  // RFC 9110 §5.2
  else fields.set(name, known === undefined ? value : `${known as string}, ${value}`)
}

/** OWS is spaces and tabs (RFC 9110 §5.6.3). */
function trim(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && (value[start] === ' ' || value[start] === '\t')) start++
  while (end > start && (value[end - 1] === ' ' || value[end - 1] === '\t')) end--
  return value.slice(start, end)
}

export function badResponse(why: string, section = '4.1'): ProtocolError {
  const message = `RFC 6455 §${section}: the server's answer to the handshake is wrong: ${why}`
  return new ProtocolError({ code: 'WS_ERR_HANDSHAKE', message, closeCode: CloseCode.ProtocolError, section })
}
