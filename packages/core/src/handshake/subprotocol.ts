// Sec-WebSocket-Protocol (RFC 6455 §1.9, §4.2.2(4)): what was offered, and the choice. Never yields what was not offered.
import { UsageError } from '../protocol/errors.js'
import { listField, type RequestHeaders } from './header-fields.js'
import { parseTokenList } from './header-list.js'
import { isToken } from './header-scanner.js'
import { badRequest } from './refusal.js'

/**
 * Which subprotocol an endpoint speaks: a list in its own order of preference, or a chooser. The chooser's result must be
 * one of `offered`; undefined or false selects none, and the connection is established without one.
 */
export type SubprotocolOption<Request = { readonly headers: RequestHeaders }> =
  | readonly string[]
  | ((offered: readonly string[], request: Request) => string | undefined | false)

/** One choice to make: what the client offered, and in which request. */
export interface SubprotocolChoice<Request> {
  readonly offered: readonly string[]
  readonly request: Request
}

/**
 * The subprotocols that a client offers, in its order of preference; empty if the field is absent. Credentials often
 * travel here, because browsers let a page set no other header of the handshake.
 *
 * @throws HandshakeError 400 `WS_ERR_MALFORMED_HEADER`: no list of tokens. `WS_ERR_REPEATED_SUBPROTOCOL`: one stands there twice
 */
export function offeredSubprotocols(request: { readonly headers: RequestHeaders }): readonly string[] {
  const value = listField(request.headers, 'sec-websocket-protocol')
  if (value === undefined) return []
  // RFC 6455 §4.3: 1#token
  const offered = parseTokenList(value, 'Sec-WebSocket-Protocol')
  // RFC 6455 §4.1(10): the elements MUST all be unique strings
  if (new Set(offered).size === offered.length) return offered
  throw badRequest('WS_ERR_REPEATED_SUBPROTOCOL', 'RFC 6455 §4.1(10): the offered subprotocols must be unique')
}

/** The first of `accepted` that was offered, byte by byte: the server's order of preference wins. Undefined if there is none. */
export function selectSubprotocol(offered: readonly string[], accepted: readonly string[]): string | undefined {
  const offers = new Set(offered)
  return accepted.find((subprotocol) => offers.has(subprotocol))
}

/**
 * Checks an endpoint's option once, when the endpoint is made.
 *
 * @throws UsageError `WS_ERR_INVALID_SUBPROTOCOL`: neither a function nor a list of unique tokens
 */
export function checkSubprotocolOption(option: SubprotocolOption<never>): void {
  if (typeof option === 'function') return
  if (!Array.isArray(option) || !option.every((subprotocol) => typeof subprotocol === 'string' && isToken(subprotocol))) {
    throw invalidSubprotocol('`subprotocols` is a list of tokens (RFC 6455 §4.3), or a function')
  }
  if (new Set(option).size !== option.length) throw invalidSubprotocol('`subprotocols` holds one subprotocol twice')
}

/**
 * The subprotocol to answer with, by the endpoint's option; without an option none.
 *
 * @throws UsageError `WS_ERR_INVALID_SUBPROTOCOL`: the chooser selected one that was not offered
 */
export function chooseSubprotocol<Request>(
  option: SubprotocolOption<Request> | undefined,
  { offered, request }: SubprotocolChoice<Request>,
): string | undefined {
  if (option === undefined) return undefined
  if (typeof option !== 'function') return selectSubprotocol(offered, option)
  const chosen: unknown = option(offered, request)
  return chosen === undefined || chosen === false ? undefined : requireOffered(chosen, offered)
}

/**
 * Lets a subprotocol pass that was offered, as an app's `accept(data, { subprotocol })` needs it.
 *
 * RFC 6455 §4.2.2(4): the value MUST be one of the client's; the empty string is not a legal value.
 * @throws UsageError `WS_ERR_INVALID_SUBPROTOCOL`: anything else
 */
export function requireOffered(subprotocol: unknown, offered: readonly string[]): string {
  if (typeof subprotocol === 'string' && offered.includes(subprotocol)) return subprotocol
  throw invalidSubprotocol('the selected subprotocol must be one that the client offered (RFC 6455 §4.2.2)')
}

function invalidSubprotocol(message: string): UsageError {
  return new UsageError('WS_ERR_INVALID_SUBPROTOCOL', message)
}
