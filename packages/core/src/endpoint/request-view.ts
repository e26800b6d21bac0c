// How a request looks from the outside: from which address, under which host and scheme. A proxy's word counts only where
// the endpoint trusts the proxy. Knows headers and addresses.
import type { IncomingMessage } from 'node:http'
import { BlockList, type Socket, isIP, isIPv6 } from 'node:net'
import type { RequestView } from '../handshake/origin.js'
import { UsageError } from '../protocol/errors.js'

/** Says of an address whether it is a trusted proxy. */
export type TrustedProxies = (address: string) => boolean

const LOOPBACK = ['127.0.0.0/8', '::1']

/** Throws a UsageError for an entry that is no address, network or 'loopback'. */
export function compileTrustedProxies(entries: readonly string[]): TrustedProxies {
  if (entries.length === 0) return () => false
  const list = new BlockList()
  for (const entry of entries.flatMap((entry) => (entry === 'loopback' ? LOOPBACK : [entry]))) addEntry(list, entry)
  return (address) => isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function addEntry(list: BlockList, entry: string): void {
  const [address = '', prefix, ...rest] = entry.split('/')
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
  const bits = prefix === undefined ? undefined : Number(prefix)
  const isPrefixValid = bits === undefined || (/^\d+$/.test(prefix!) && bits <= (family === 'ipv6' ? 128 : 32))
  if (isIP(address) === 0 || rest.length > 0 || !isPrefixValid) {
    throw new UsageError('WS_ERR_INVALID_OPTION', `trustedProxies: '${entry}' is neither an address, a network such as 10.0.0.0/8, nor 'loopback'`)
  }
  if (bits === undefined) list.addAddress(address, family)
  else list.addSubnet(address, bits, family)
}

/** How a framework sees a request, in its own words: what is absent, or no scheme of HTTP, it does not know. */
export type FrameworkView = { readonly [Fact in keyof RequestView]?: string | undefined }

/** The facts that a framework knows replace ours. */
export function overlayView(view: RequestView, stated: FrameworkView = {}): RequestView {
  const { protocol, host, remoteAddress } = stated
  return { ...view, ...viewOf({ protocol: schemeOf(protocol), host, remoteAddress: plainAddress(remoteAddress) }) }
}

/** The socket's own facts, or those of the trusted proxies in front of it. */
export function requestViewOf(request: IncomingMessage, isTrusted: TrustedProxies): RequestView {
  const socket = request.socket as (Socket & { readonly encrypted?: boolean }) | undefined
  const peer = plainAddress(socket?.remoteAddress)
  // The scheme of a plain socket is not known: TLS may end at a proxy.
  const view = viewOf({ remoteAddress: peer, protocol: socket?.encrypted === true ? 'https' : undefined, host: request.headers.host })
  if (peer === undefined || !isTrusted(peer)) return view
  return { ...view, ...forwardedView(request, isTrusted) }
}

function forwardedView(request: IncomingMessage, isTrusted: TrustedProxies): RequestView {
  const hops = listOf(request.headers['x-forwarded-for']).map((hop) => plainAddress(hop) ?? hop)
  // The nearest proxy wrote the last entry: the client is the last one that no trusted proxy vouches to be another proxy.
  const remoteAddress = hops.findLast((hop) => !isTrusted(hop)) ?? hops[0]
  const protocol = schemeOf(listOf(request.headers['x-forwarded-proto']).at(-1))
  return viewOf({ remoteAddress, protocol, host: listOf(request.headers['x-forwarded-host']).at(-1) })
}

/** Some proxies write the scheme of the WebSocket instead of the page's. */
function schemeOf(protocol = ''): RequestView['protocol'] {
  const scheme = /^(?:http|ws)(s?)$/i.exec(protocol)
  return scheme === null ? undefined : scheme[1] === '' ? 'http' : 'https'
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : String(value).split(',').map((part) => part.trim()).filter((part) => part !== '')
}

/** An IPv4 address that came through an IPv6 socket is an IPv4 address. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.toLowerCase().startsWith('::ffff:') === true && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

type Known<T> = { [Key in keyof T]?: T[Key] | undefined }

/** Leaves out what is not known. */
function viewOf({ protocol, host, remoteAddress }: Known<RequestView>): RequestView {
  const view: { -readonly [Fact in keyof RequestView]: RequestView[Fact] } = {}
  if (protocol !== undefined) view.protocol = protocol
  if (host !== undefined) view.host = host
  if (remoteAddress !== undefined) view.remoteAddress = remoteAddress
  return view
}
