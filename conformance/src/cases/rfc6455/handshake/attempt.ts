// An opening handshake of a case's own, and what the server has to answer (RFC 6455 §4.2).
import { type Case, rawConversation, staysOpen } from '../../../case.js'
import { type Answer, type RequestFields, type RequestLine, faultOf, randomKey } from '../../../wire/handshake.js'
import { Mismatch } from '../../../wire/peer.js'

/** The example of RFC 6455 §1.3. */
export const EXAMPLE_KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

export interface Attempt {
  readonly name: string
  readonly section: string
  readonly fields: RequestFields
  readonly line?: RequestLine
  /** Subprotocols that `fields` offers. */
  readonly subprotocols?: readonly string[]
}

/** Leads to a 101 that fits, without anything that was not offered, and to a working connection. */
export function accepted({ name, section, fields, line, subprotocols = [] }: Attempt): Case {
  return rawConversation([section, name], async (peer) => {
    const key = String(fields['Sec-WebSocket-Key'] ?? randomKey())
    const offer = fields['Sec-WebSocket-Extensions']
    const asked = { key, subprotocols, offer: offer === undefined ? undefined : [offer].flat().join(', ') }
    const problem = faultOf(await peer.request({ 'Sec-WebSocket-Key': key, ...fields }, line), asked)
    if (problem !== undefined) throw new Mismatch(problem)
    await staysOpen(peer)
  })
}

/** RFC 6455 §4.2.1: the server MUST stop processing and answer with an HTTP error code. */
export function refused({ name, section, fields, line }: Attempt, check: (answer: Answer) => string | undefined = isClientError): Case {
  return rawConversation([section, name], async (peer) => {
    const problem = check(await peer.request({ 'Sec-WebSocket-Key': EXAMPLE_KEY, ...fields }, line))
    if (problem !== undefined) throw new Mismatch(problem)
  })
}

export function isClientError({ status }: Answer): string | undefined {
  return status >= 400 && status < 500 ? undefined : `status ${status} instead of 4xx`
}

/** Without Upgrade it is a plain request, and the server's own affair what it answers. */
export function isNotSwitched({ status }: Answer): string | undefined {
  return status === 101 ? 'status 101' : undefined
}

/** RFC 6455 §4.2.2: "an appropriate HTTP error code (such as 426 Upgrade Required)" and the versions that the server understands. */
export function namesVersion(answer: Answer): string | undefined {
  const versions = answer.headers.get('sec-websocket-version')?.split(/\s*,\s*/) ?? []
  return isClientError(answer) ?? (versions.includes('13') ? undefined : 'Sec-WebSocket-Version does not name 13')
}
