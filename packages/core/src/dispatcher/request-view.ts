// How a request looks from the outside: from which address, under which host and scheme. A proxy's word counts only where
// the proxy is trusted. Knows headers and addresses.
import type { IncomingMessage } from 'node:http'
import { type Socket, isIP } from 'node:net'
import { isObfuscated, nodeName, parseForwarded } from '../handshake/forwarded.js'
import type { RequestView } from '../handshake/origin.js'
import type { TrustedProxies } from './trusted-proxies.js'

/** The socket's own facts, or those of the trusted proxies in front of it. */
export function requestViewOf(request: IncomingMessage, isTrusted: TrustedProxies): RequestView {
  const socket = request.socket as (Socket & { readonly encrypted?: boolean }) | undefined
  const peer = plainAddress(socket?.remoteAddress)
  // The scheme of a plain socket is not known: TLS may end at a proxy.
  const view = viewOf({ remoteAddress: peer, protocol: socket?.encrypted === true ? 'https' : undefined, host: request.headers.host })
  if (peer === undefined || !isTrusted(peer)) return view
  return { ...view, ...forwardedView(request.headers, { peer, isTrusted }) }
}

/** The address that the request came from, and whose word counts. */
interface Nearest {
  readonly peer: string
  readonly isTrusted: TrustedProxies
}

interface Client<Hop> {
  readonly address: string
  readonly hop: Hop | undefined
}

/**
 * Proxies write the one or the other, and most of those that write X-Forwarded-* leave a Forwarded of the client as it is: so that is
 * read only where none of the others is there.
 */
function forwardedView(headers: IncomingMessage['headers'], nearest: Nearest): RequestView {
  const { forwarded, 'x-forwarded-for': nodes, 'x-forwarded-proto': protocols, 'x-forwarded-host': hosts } = headers
  const isExtension = nodes !== undefined || protocols !== undefined || hosts !== undefined
  if (forwarded !== undefined && !isExtension) return standardView(String(forwarded), nearest)
  const { address } = clientAmong(listOf(nodes).reverse(), (node) => node, nearest)
  return viewOf({ remoteAddress: address, protocol: schemeOf(listOf(protocols).at(-1)), host: listOf(hosts).at(-1) })
}

/** RFC 7239: scheme and host stand beside the client, in the element of the proxy that has seen them. */
function standardView(forwarded: string, nearest: Nearest): RequestView {
  const { address, hop } = clientAmong(parseForwarded(forwarded), (element) => element?.for, nearest)
  const { proto, host } = hop ?? {}
  return viewOf({ remoteAddress: address, protocol: schemeOf(proto), host: host === '' ? undefined : host })
}

/**
 * The nearest proxy wrote the last entry: the client is the first one from there that no trusted proxy vouches to be another proxy. Where a
 * proxy does not say whom it speaks for (`unknown`, or nonsense), nobody beyond it is known.
 * @param hops the nearest one first
 * @returns `hop` is the one that was looked at last
 */
function clientAmong<Hop>(hops: Iterable<Hop>, nodeOf: (hop: Hop) => string | undefined, nearest: Nearest): Client<Hop> {
  let address = nearest.peer
  let last: Hop | undefined
  for (const hop of hops) {
    last = hop
    const name = plainAddress(nodeName(nodeOf(hop) ?? ''))!
    if (isIP(name) === 0 && !isObfuscated(name)) break
    address = name
    if (!nearest.isTrusted(address)) break
  }
  return { address, hop: last }
}

/** Some proxies write the scheme of the WebSocket instead of the page's. */
export function schemeOf(protocol = ''): RequestView['protocol'] {
  const scheme = /^(?:http|ws)(s?)$/i.exec(protocol)
  return scheme === null ? undefined : scheme[1] === '' ? 'http' : 'https'
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : String(value).split(',').map((part) => part.trim()).filter((part) => part !== '')
}

/** An IPv4 address that came through an IPv6 socket is an IPv4 address. */
export function plainAddress(address: string | undefined): string | undefined {
  if (address?.startsWith('::') !== true) return address
  return address.toLowerCase().startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

type Known<T> = { [Key in keyof T]?: T[Key] | undefined }

/** Leaves out what is not known. */
export function viewOf({ protocol, host, remoteAddress }: Known<RequestView>): RequestView {
  const view: { -readonly [Fact in keyof RequestView]: RequestView[Fact] } = {}
  if (protocol !== undefined) view.protocol = protocol
  if (host !== undefined) view.host = host
  if (remoteAddress !== undefined) view.remoteAddress = remoteAddress
  return view
}
