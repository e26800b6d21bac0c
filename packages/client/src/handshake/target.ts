// Where a client connects to: the URL, checked (RFC 6455 §3). Pure.
import { Buffer } from 'node:buffer'
import { UsageError } from '@tocsin/core/protocol'

export interface Target {
  /** `ws:` or `wss:`, without user information. */
  readonly url: string
  readonly isSecure: boolean
  /** A name or an address; an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
  /** For the Host field: the port is left out where it is the default (RFC 6455 §4.1(4)). */
  readonly authority: string
  /** RFC 6455 §3, /resource name/: path and query. */
  readonly resource: string
  /** From the URL's user information, for the Authorization field. */
  readonly authorization: string | undefined
}

/** `http:` and `https:` are taken as well, as browsers do (WHATWG). */
const SCHEMES: ReadonlyMap<string, 'ws:' | 'wss:'> = new Map([['ws:', 'ws:'], ['wss:', 'wss:'], ['http:', 'ws:'], ['https:', 'wss:']])

/** @throws UsageError `WS_ERR_URL` */
export function parseTarget(text: string | URL): Target {
  const given = parse(String(text))
  const scheme = SCHEMES.get(given.protocol)
  if (scheme === undefined) throw invalid(`its scheme is ws:, wss:, http: or https:, not ${given.protocol}`)
  // RFC 6455 §3: fragment identifiers MUST NOT be used; an empty one leaves no trace but its mark.
  if (given.href.includes('#')) throw invalid('it must not have a fragment (RFC 6455 §3)')
  const url = parse(given.href.replace(/^[a-z]+:/, scheme))
  const authorization = authorizationOf(url)
  url.username = url.password = ''
  const isSecure = scheme === 'wss:'
  return {
    url: url.href,
    isSecure,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    authority: url.host,
    resource: url.pathname + url.search,
    authorization,
  }
}

function parse(text: string): URL {
  try {
    return new URL(text)
  } catch {
    // The text may hold a token: it does not go into the message.
    throw invalid('it must be absolute, such as wss://host/path')
  }
}

/** RFC 7617 §2: user and password, in UTF-8. */
function authorizationOf({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const credentials = `${decode(username)}:${decode(password)}`
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function invalid(why: string): UsageError {
  return new UsageError('WS_ERR_URL', `not the URL of a WebSocket: ${why}`)
}
