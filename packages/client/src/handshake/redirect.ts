// Whether and where a refusal leads on (RFC 9110 §15.4). Pure.
import { type RequestHeaders, ownLines } from './request.js'
import type { ResponseHead } from './response-head.js'
import { type Target, parseTarget } from './target.js'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
/** Credentials for one origin are none of another's business. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'cookie2', 'proxy-authorization'])

/** Undefined: it is no redirect, or one that is not followed: out of TLS, or to what is no URL of a WebSocket. */
export function redirectOf({ status, headers }: ResponseHead, from: Target): Target | undefined {
  const location = headers['location'] as string | undefined
  if (!REDIRECTS.has(status) || location === undefined || !URL.canParse(location, from.url)) return undefined
  const url = new URL(location, from.url)
  // RFC 9110 §10.2.2: a fragment is for the one who asked; the handshake has no use for it.
  url.hash = ''
  const target = targetOf(url)
  if (target === undefined || (from.isSecure && !target.isSecure)) return undefined
  return { ...target, authorization: target.authorization ?? (isSameOrigin(from, target) ? from.authorization : undefined) }
}

function targetOf(url: URL): Target | undefined {
  try {
    return parseTarget(url)
  } catch {
    return undefined
  }
}

/** What of the application's fields goes along to the redirect's target. */
export function headersAcross(headers: RequestHeaders, from: Target, to: Target): RequestHeaders {
  return isSameOrigin(from, to) ? headers : ownLines(headers).filter(([name]) => !CREDENTIALS.has(name.toLowerCase()))
}

function isSameOrigin(one: Target, other: Target): boolean {
  return one.isSecure === other.isSecure && one.authority === other.authority
}
