// `host[:port]` (RFC 3986 §3.2) as it stands in Host, in an origin and in our options. Compares literally: no DNS, no Punycode.

/** Host in lower case, an IPv6 literal with its brackets; the port if one was written. */
export interface Authority {
  readonly host: string
  readonly port: number | undefined
}

/** No two parts of these patterns can match the same character, so that they run in linear time. RFC 6874: `%` begins a zone. */
const IPV6_LITERAL = /^\[[0-9a-f:.]+(?:%[0-9a-z._~-]+)?\]$/i
const NAME_OR_IPV4 = /^[0-9a-z._-]+$/i
const PORT = /^[0-9]{1,5}$/
const MAX_PORT = 65_535

/** Undefined for anything else, such as user information, a path, a wildcard, two values, or letters outside of ASCII. */
export function parseAuthority(text: string): Authority | undefined {
  const host = text.slice(0, hostLength(text))
  if (!IPV6_LITERAL.test(host) && !NAME_OR_IPV4.test(host)) return undefined
  const rest = text.slice(host.length)
  // RFC 3986 §3.2.3: the port may be left out, and its colon may stand there alone
  if (rest === '' || rest === ':') return { host: host.toLowerCase(), port: undefined }
  const port = parsePort(rest)
  return port === undefined ? undefined : { host: host.toLowerCase(), port }
}

function hostLength(text: string): number {
  const end = text.startsWith('[') ? text.indexOf(']') + 1 : text.indexOf(':')
  return end === -1 ? text.length : end
}

function parsePort(text: string): number | undefined {
  const digits = text.slice(1)
  if (text[0] !== ':' || !PORT.test(digits)) return undefined
  const port = Number(digits)
  return port <= MAX_PORT ? port : undefined
}
