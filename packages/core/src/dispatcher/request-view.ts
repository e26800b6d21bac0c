// How a request looks from the outside: from which address, under which host and scheme. A proxy's word counts only where
// the proxy is trusted. Knows headers and addresses.
import type { IncomingMessage } from 'node:http'
import { type Socket, isIP } from 'node:net'
import { type ForwardedElement, isObfuscated, nodeName, parseForwarded } from '../handshake/forwarded.js'
import type { RequestView } from '../handshake/origin.js'
import type { TrustedProxies } from './trusted-proxies.js'

/** The socket's own facts, or those of the trusted proxies in front of it. */
export function requestViewOf(request: IncomingMessage, isTrusted: TrustedProxies): RequestView {
  const socket = request.socket as (Socket & { readonly encrypted?: boolean }) | undefined
  const peer = plainAddress(socket?.remoteAddress)
  // The scheme of a plain socket is not known: TLS may end at a proxy.
  const view = viewOf({ remoteAddress: peer, protocol: socket?.encrypted === true ? 'https' : undefined, host: request.headers.host })
  if (peer === undefined || !isTrusted(peer)) return view
  return { ...view, ...forwardedView(request.headers, peer, isTrusted) }
}

/**
 * Proxies write the one or the other, and most of those that write X-Forwarded-* leave a Forwarded of the client as it is: so that is
 * read only where none of the others is there.
 */
function forwardedView(headers: IncomingMessage['headers'], peer: string, isTrusted: TrustedProxies): RequestView {
  const { forwarded, 'x-forwarded-for': nodes, 'x-forwarded-proto': protocols, 'x-forwarded-host': hosts } = headers
  const isExtension = nodes !== undefined || protocols !== undefined || hosts !== undefined
  if (forwarded !== undefined && !isExtension) return standardView(parseForwarded(String(forwarded)), peer, isTrusted)
  const hops = listOf(nodes)
  const remoteAddress = clientAmong(hops, peer, isTrusted).address
  return viewOf({ remoteAddress, protocol: schemeOf(listOf(protocols).at(-1)), host: listOf(hosts).at(-1) })
}

/** RFC 7239: scheme and host stand beside the client, in the element of the proxy that has seen them. */
function standardView(elements: readonly (ForwardedElement | undefined)[], peer: string, isTrusted: TrustedProxies): RequestView {
  const { address, at } = clientAmong(elements.map((element) => element?.for), peer, isTrusted)
  const { proto, host } = elements[at] ?? {}
  return viewOf({ remoteAddress: address, protocol: schemeOf(proto), host: host === '' ? undefined : host })
}

/**
 * The nearest proxy wrote the last entry: the client is the last one that no trusted proxy vouches to be another proxy. Where a proxy does
 * not say whom it speaks for (`unknown`, or nonsense), nobody beyond it is known.
 * @returns `at` is the entry that was looked at last, -1 when there is none
 */
function clientAmong(nodes: readonly (string | undefined)[], peer: string, isTrusted: TrustedProxies): { address: string; at: number } {
  let address = peer
  let at = nodes.length
  while (at > 0 && isTrusted(address)) {
    const name = plainAddress(nodeName(nodes[--at] ?? ''))!
    if (isIP(name) === 0 && !isObfuscated(name)) break
    address = name
  }
  return { address, at: at === nodes.length ? -1 : at }
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
  return address?.toLowerCase().startsWith('::ffff:') === true && isIP(address.slice(7)) === 4 ? address.slice(7) : address
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
