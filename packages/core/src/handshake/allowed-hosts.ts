// Which host names a server answers to: the defence against DNS rebinding, where the attacker's name resolves to our address
// and the page is therefore same-origin. Knows the Host field only.
import { UsageError } from '../protocol/errors.js'
import { parseAuthority, type Authority } from './authority.js'

/** Whether a server that was asked for this host may answer. An absent or malformed host is refused. */
export type HostPolicy = (host: string | undefined) => boolean

type Matcher = (site: Authority) => boolean

/**
 * Makes a list of hosts into the function that decides, once, when the endpoint is made. Names are compared in lower case:
 *
 * - `example.com`, `127.0.0.1`, `[::1]`: exactly this host, at any port
 * - `example.com:8080`: at this port only; a Host without a port is at 80 or 443
 * - `.example.com`: example.com and every name below it
 * - `*.example.com`: every name below example.com, but not example.com itself
 *
 * @throws UsageError `WS_ERR_INVALID_ALLOWED_HOSTS`: no list, or an entry that is none of these
 */
export function compileAllowedHosts(allowed: readonly string[]): HostPolicy {
  if (!Array.isArray(allowed)) throw invalidHosts('`allowedHosts` is a list of host names')
  const matchers: readonly Matcher[] = allowed.map(compileEntry)
  return (host) => {
    const site = host === undefined ? undefined : parseAuthority(host)
    return site !== undefined && matchers.some((matches) => matches(site))
  }
}

/** Decides by a list at once; where many requests follow, `compileAllowedHosts` reads the list only once. */
export function isHostAllowed(host: string | undefined, allowed: readonly string[]): boolean {
  return compileAllowedHosts(allowed)(host)
}

function compileEntry(entry: unknown): Matcher {
  const text = typeof entry === 'string' ? entry : ''
  const wildcard = /^\*?\./.exec(text)?.[0] ?? ''
  const wanted = parseAuthority(text.slice(wildcard.length))
  if (wanted === undefined || wanted.host.startsWith('.') || (wildcard !== '' && wanted.host.startsWith('['))) {
    throw invalidHosts(`\`allowedHosts\`: ${JSON.stringify(entry)} is not a host name, such as "example.com" or "*.example.com"`)
  }
  return (site) => matchesName(site.host, wanted.host, wildcard) && matchesPort(site.port, wanted.port)
}

function matchesName(host: string, wanted: string, wildcard: string): boolean {
  if (host === wanted) return wildcard !== '*.'
  return wildcard !== '' && host.endsWith(`.${wanted}`)
}

function matchesPort(port: number | undefined, wanted: number | undefined): boolean {
  if (wanted === undefined || port === wanted) return true
  // The scheme is not known here: a Host without a port is at the default port of either.
  return port === undefined && (wanted === 80 || wanted === 443)
}

function invalidHosts(message: string): UsageError {
  return new UsageError('WS_ERR_INVALID_ALLOWED_HOSTS', message)
}
