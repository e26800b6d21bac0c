// Who may open a connection from a web page: the defence against cross-site WebSocket hijacking (RFC 6455 §10.2, RFC 6454).
// Knows the Origin field and how the server was addressed; decides, and never answers.
import { UsageError } from '../protocol/errors.js'
import { parseAuthority } from './authority.js'
import type { HandshakeRequest } from './request.js'

/** How a request reached the site, as the framework or a trusted proxy sees it. */
export interface RequestView {
  /** Absent where it is not known: plain TCP behind a proxy that is not trusted says nothing about the page's scheme. */
  readonly protocol?: 'http' | 'https' | undefined
  /** Host, and the port unless it is the scheme's default one: the Host field, or what a trusted proxy says it was. */
  readonly host?: string | undefined
  /** The client's address, without a port. */
  readonly remoteAddress?: string | undefined
}

/**
 * Which pages may connect.
 *
 * - `'same'`: those from the host and port that were asked for; the scheme is compared where it is known
 * - `'any'`: every page. Then cookies alone must not authenticate
 * - a list: exactly these origins, such as `https://app.example.com`; the site's own is not implied
 * - a function: its boolean decides, for an absent origin also; it must be synchronous
 *
 * With `'same'` and a list, an absent Origin is allowed, since no browser omits it, and `null` is refused, since any
 * page can have it by a sandboxed frame.
 */
export type OriginOption<Request = HandshakeRequest> = OriginRule | ((origin: string | undefined, request: Request) => boolean)

/** The options that need no request to decide. */
export type OriginRule = 'same' | 'any' | readonly string[]

/** Whether this origin may connect. */
export type OriginPolicy<Request = HandshakeRequest> = (origin: string | undefined, view: RequestView, request: Request) => boolean

interface Origin {
  readonly scheme: string
  readonly host: string
  /** Undefined for a scheme without a known default port, if none was written. */
  readonly port: number | undefined
}

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([['http', 80], ['https', 443]])
const SCHEME = /^[a-z][a-z0-9+.-]*$/i
const SCHEME_END = '://'

/**
 * Makes an option into the function that decides, once, when the endpoint is made.
 *
 * @throws UsageError `WS_ERR_INVALID_ORIGINS`: not an option, or an entry that no browser could send. The policy of a function
 * throws it when that function answers anything but a boolean, such as a promise, which would always be true
 */
export function compileOrigins<Request = HandshakeRequest>(option: OriginOption<Request>): OriginPolicy<Request> {
  if (option === 'any') return () => true
  if (option === 'same') return (origin, view) => origin === undefined || isSameOrigin(origin, view)
  if (typeof option === 'function') return (origin, _view, request) => requireBoolean(option(origin, request))
  if (!Array.isArray(option)) throw invalidOrigins("`origins` is 'same', 'any', a list of origins, or a function")
  const allowed = new Set<string>(option.map(normalizeEntry))
  return (origin) => origin === undefined || isListed(origin, allowed)
}

/**
 * Decides by a rule at once; where many requests follow, `compileOrigins` reads the list only once.
 *
 * @throws UsageError `WS_ERR_INVALID_ORIGINS`: as `compileOrigins`
 */
export function isOriginAllowed(origin: string | undefined, rule: OriginRule, view: RequestView): boolean {
  return compileOrigins<undefined>(rule)(origin, view, undefined)
}

/** Host and port equal those asked for, the default port being that of the Origin's scheme. */
function isSameOrigin(text: string, view: RequestView): boolean {
  const origin = parseOrigin(text)
  const site = view.host === undefined ? undefined : parseAuthority(view.host)
  if (origin?.port === undefined || site === undefined || !DEFAULT_PORTS.has(origin.scheme)) return false
  if (view.protocol !== undefined && view.protocol !== origin.scheme) return false
  return origin.host === site.host && origin.port === (site.port ?? DEFAULT_PORTS.get(origin.scheme))
}

function isListed(text: string, allowed: ReadonlySet<string>): boolean {
  const origin = parseOrigin(text)
  return origin !== undefined && allowed.has(serializeOrigin(origin))
}

/** `scheme "://" host [ ":" port ]` (RFC 6454 §7.1); undefined for `null`, for several origins and for anything else. */
function parseOrigin(text: string): Origin | undefined {
  const schemeEnd = text.indexOf(SCHEME_END)
  const scheme = text.slice(0, Math.max(schemeEnd, 0)).toLowerCase()
  if (!SCHEME.test(scheme) || text.endsWith(':')) return undefined
  const authority = parseAuthority(text.slice(schemeEnd + SCHEME_END.length))
  return authority && { scheme, host: authority.host, port: authority.port ?? DEFAULT_PORTS.get(scheme) }
}

/** RFC 6454 §6.2: the default port of the scheme is left out. */
function serializeOrigin({ scheme, host, port }: Origin): string {
  const isDefault = port === DEFAULT_PORTS.get(scheme)
  return scheme + SCHEME_END + host + (port === undefined || isDefault ? '' : `:${port}`)
}

function normalizeEntry(entry: unknown): string {
  const origin = typeof entry === 'string' ? parseOrigin(entry) : undefined
  if (origin !== undefined) return serializeOrigin(origin)
  const fault = `\`origins\`: ${JSON.stringify(entry)} is not an origin.`
  throw invalidOrigins(`${fault} Write scheme and host, and a port if it is not the default one, such as "https://app.example.com"`)
}

function requireBoolean(answer: unknown): boolean {
  if (typeof answer === 'boolean') return answer
  throw invalidOrigins('the function in `origins` must return a boolean, not a promise and not another value')
}

function invalidOrigins(message: string): UsageError {
  return new UsageError('WS_ERR_INVALID_ORIGINS', message)
}
