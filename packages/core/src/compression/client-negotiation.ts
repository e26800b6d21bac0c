// The client's half of the negotiation (RFC 7692 §5, §7.1): what is offered, and whether the server's answer keeps to it. Pure.
import type { Extension, ExtensionOffer } from '../handshake/extensions.js'
import { CloseCode } from '../protocol/close-code.js'
import { ProtocolError } from '../protocol/errors.js'
import type { CompressionPolicy } from './options.js'
import { type CompressionParameters, MAX_WINDOW_BITS, PERMESSAGE_DEFLATE, type ParsedParameters, parseParameters } from './parameters.js'

/** The offer for a policy. The client's window may always be asked to be smaller: it is ours to choose, and costs the server. */
export function offerCompression(policy: CompressionPolicy): Extension {
  const parameters = new Map<string, string | true>()
  if (policy.serverNoContextTakeover) parameters.set('server_no_context_takeover', true)
  if (policy.clientNoContextTakeover) parameters.set('client_no_context_takeover', true)
  if (policy.serverMaxWindowBits < MAX_WINDOW_BITS) parameters.set('server_max_window_bits', String(policy.serverMaxWindowBits))
  parameters.set('client_max_window_bits', policy.clientMaxWindowBits < MAX_WINDOW_BITS ? String(policy.clientMaxWindowBits) : true)
  return { name: PERMESSAGE_DEFLATE, parameters }
}

/**
 * Reads the extensions of the server's response to `offerCompression(policy)`.
 * @param policy the one that was offered; undefined when nothing was
 * @returns undefined when the server has declined
 * @throws ProtocolError 1010 `WS_ERR_EXTENSIONS`: RFC 6455 §4.1(5) and RFC 7692 §5.1 fail the connection
 */
export function readCompressionResponse(accepted: readonly ExtensionOffer[], policy: CompressionPolicy | undefined): CompressionParameters | undefined {
  const [first, second] = accepted
  if (first === undefined) return undefined
  // RFC 6455 §4.1(5): an extension that was not offered; RFC 7692 §5.1: or one of ours accepted twice.
  if (policy === undefined || first.name !== PERMESSAGE_DEFLATE) throw fault(`the server accepts ${first.name}, which was not offered`)
  if (second !== undefined) throw fault('the server accepts more than was offered')
  const answered = parseParameters(first)
  // RFC 7692 §7.1: in a response client_max_window_bits has a value.
  if (answered === null || answered.clientMaxWindowBits === true) throw fault('the server answers with illegal parameters of permessage-deflate')
  checkAgainst(policy, answered)
  return {
    serverNoContextTakeover: answered.serverNoContextTakeover,
    clientNoContextTakeover: answered.clientNoContextTakeover || policy.clientNoContextTakeover,
    serverMaxWindowBits: answered.serverMaxWindowBits ?? MAX_WINDOW_BITS,
    clientMaxWindowBits: Math.min(answered.clientMaxWindowBits ?? MAX_WINDOW_BITS, policy.clientMaxWindowBits),
  }
}

function checkAgainst(policy: CompressionPolicy, answered: ParsedParameters): void {
  // RFC 7692 §7.1.1.1: to accept an offer with server_no_context_takeover, the response includes it.
  if (policy.serverNoContextTakeover && !answered.serverNoContextTakeover) throw fault('the server does not agree to server_no_context_takeover')
  // RFC 7692 §7.1.2.1: the same or a smaller value.
  const { serverMaxWindowBits = MAX_WINDOW_BITS, clientMaxWindowBits = 0 } = answered
  if (serverMaxWindowBits > policy.serverMaxWindowBits) throw fault('the server does not agree to server_max_window_bits')
  // RFC 7692 §7.1.2.2: likewise.
  if (Number(clientMaxWindowBits) > policy.clientMaxWindowBits) throw fault('the server asks for a larger client_max_window_bits than was offered')
}

function fault(message: string): ProtocolError {
  return new ProtocolError({ code: 'WS_ERR_EXTENSIONS', message: `RFC 7692 §5.1: ${message}`, closeCode: CloseCode.MandatoryExtension, section: '7692 5.1' })
}
