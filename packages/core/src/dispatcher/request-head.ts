// The two things that the dispatcher reads off a request itself. PURE: it must not know what they decide.
import type { IncomingMessage } from 'node:http'

/** The path as it stands on the wire, never normalised: what a proxy in front has matched is what we match. */
export function pathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  const query = url.indexOf('?')
  return query < 0 ? url : url.slice(0, query)
}

/** RFC 9112 §6.3: whether a body follows the head. */
export function announcesBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0
}
