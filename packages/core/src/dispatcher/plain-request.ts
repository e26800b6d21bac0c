// Requests that offer some other protocol than WebSocket (`Upgrade: h2c`): a server may ignore the offer (RFC 9110 §7.8), and since nobody
// here speaks it, Node's HTTP server gets the request as the plain one that it also is. It must not know who else listens.
import type { IncomingMessage } from 'node:http'
import { isWebSocketUpgrade } from '../handshake/request.js'
import type { Arrival } from './pending-upgrade.js'
import { announcesBody } from './request-head.js'
import type { UpgradeServer } from './upgrade-server.js'

/** Node's parser keeps this many entries of `rawHeaders` by default and drops the rest. */
const DEFAULT_RAW_HEADERS = 2_000
const OFFER_FIELDS = new Set(['upgrade', 'http2-settings'])

/** Since Node 22.21 and 24.9 the server can be told beforehand which upgrades to treat as plain requests. */
export function declineOtherProtocols(server: UpgradeServer, isWanted: () => boolean): void {
  const owner = server as { shouldUpgradeCallback?: (request: IncomingMessage) => boolean }
  const original = owner.shouldUpgradeCallback
  if (typeof original !== 'function') return
  owner.shouldUpgradeCallback = (request) => original.call(server, request) && (isWebSocketUpgrade(request) || isWanted())
}

/** Older ones have let go of the socket already: they get it back, with the request written anew in front of what follows it. */
export function redispatchAsPlain(server: UpgradeServer, { request, socket, head }: Arrival): void {
  socket.unshift(Buffer.concat([serializeRequestHead(request), head]))
  const isSecure = Reflect.get(socket, 'encrypted') === true && server.listenerCount('secureConnection') > 0
  server.emit(isSecure ? 'secureConnection' : 'connection', socket as never)
}

/**
 * False when the request cannot be written anew faithfully: fields beyond Node's limit are lost, and one of them may say how long the
 * body is (a wrong guess would take the body for the next request); or this version of Node may have parsed the body already.
 */
export function canRedispatch(server: UpgradeServer, request: IncomingMessage): boolean {
  const { maxHeadersCount } = server as { maxHeadersCount?: number | null }
  const limit = typeof maxHeadersCount === 'number' ? maxHeadersCount * 2 : DEFAULT_RAW_HEADERS
  const isWhole = limit <= 0 || request.rawHeaders.length < limit
  return isWhole && !('shouldUpgradeCallback' in server && announcesBody(request))
}

function serializeRequestHead(request: IncomingMessage): Buffer {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [name, value] = [request.rawHeaders[i] ?? '', request.rawHeaders[i + 1] ?? '']
    const rest = withoutOffer(name, value)
    if (rest !== undefined) lines.push(`${name}: ${rest}`)
  }
  // Node decodes what it reads as latin1
  return Buffer.from(lines.join('\r\n') + '\r\n\r\n', 'latin1')
}

/** The field without the offer to upgrade; undefined when nothing is left of it. */
function withoutOffer(name: string, value: string): string | undefined {
  const field = name.toLowerCase()
  if (OFFER_FIELDS.has(field)) return undefined
  if (field !== 'connection') return value
  const options = value.split(',').map((option) => option.trim())
  return options.filter((option) => option !== '' && !OFFER_FIELDS.has(option.toLowerCase())).join(', ') || undefined
}
