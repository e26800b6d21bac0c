// What of a framework's response may go on into the 101: cookies and whatever else its hooks set, but nothing that speaks of
// a body or of the connection. Knows the serialized head of a response, not the framework.
import type { Buffer } from 'node:buffer'
import { UsageError } from '../protocol/errors.js'

const CONNECTION_FIELDS: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'upgrade'])

/** Interim responses that a framework may have sent ahead of its 101: 100 Continue, 102 Processing, 103 Early Hints. */
const INTERIM = /^HTTP\/1\.1 10[023] /

/**
 * The lines that pass, in order, names as they were written: all but Content-*, Transfer-Encoding, Trailer, Connection,
 * Keep-Alive, Upgrade and Sec-WebSocket-*. What follows the head is ignored.
 *
 * @param rawHead an HTTP/1.1 response as it was serialized, latin1 where it is a Buffer
 * @throws UsageError `WS_ERR_INVALID_HEADER`: a line without a name and a colon
 */
export function passableHeaders(rawHead: string | Buffer): [name: string, value: string][] {
  const [, ...fields] = finalHead(typeof rawHead === 'string' ? rawHead : rawHead.toString('latin1')).split('\r\n')
  return fields.map(parseField).filter(([name]) => isPassable(name.toLowerCase()))
}

/** The first head that is not interim, without its empty line. */
function finalHead(text: string): string {
  let start = 0
  for (;;) {
    const end = text.indexOf('\r\n\r\n', start)
    if (end === -1) return text.slice(start).replace(/\r\n$/, '')
    const head = text.slice(start, end)
    if (!INTERIM.test(head)) return head
    start = end + 4
  }
}

function parseField(line: string): [name: string, value: string] {
  const colon = line.indexOf(':')
  if (colon > 0) return [line.slice(0, colon), line.slice(colon + 1).trim()]
  throw new UsageError('WS_ERR_INVALID_HEADER', 'the head of the response holds a line that is not a header')
}

function isPassable(name: string): boolean {
  return !CONNECTION_FIELDS.has(name) && !name.startsWith('content-') && !name.startsWith('sec-websocket-')
}
