// The server's half of the negotiation (RFC 7692 §5, §7.1): the client's offers, in its order of preference -> what is
// agreed on, or nothing. Pure; whether there is memory for a context is asked of the caller.
import type { Extension, ExtensionOffer } from '../handshake/extensions.js'
import type { CompressionPolicy } from './options.js'
import { type CompressionParameters, MAX_WINDOW_BITS, PERMESSAGE_DEFLATE, type ParsedParameters, parseParameters } from './parameters.js'

export interface Agreement {
  readonly parameters: CompressionParameters
  /** What stands in the response. */
  readonly extension: Extension
}

/**
 * Accepts the first offer that can be honoured, and declines the others.
 * @param canKeepContexts whether these contexts may live as long as the connection; if not, neither side keeps its own
 * @returns undefined when no offer is acceptable: the connection is then not compressed (RFC 7692 §5.1)
 */
export function negotiateCompression(
  offers: readonly ExtensionOffer[],
  policy: CompressionPolicy,
  canKeepContexts: (parameters: CompressionParameters) => boolean,
): Agreement | undefined {
  for (const offer of offers) {
    // RFC 7692 §7: an offer with an unknown parameter, an illegal value or a repeated parameter MUST be declined.
    const offered = offer.name === PERMESSAGE_DEFLATE ? parseParameters(offer) : null
    if (offered === null) continue
    const wished = accept(offered, policy)
    const parameters = canKeepContexts(wished) ? wished : { ...wished, serverNoContextTakeover: true, clientNoContextTakeover: true }
    return { parameters, extension: { name: PERMESSAGE_DEFLATE, parameters: responseTo(offered, parameters) } }
  }
  return undefined
}

function accept(offered: ParsedParameters, policy: CompressionPolicy): CompressionParameters {
  const { serverMaxWindowBits = MAX_WINDOW_BITS, clientMaxWindowBits } = offered
  // RFC 7692 §7.1.2.2: only a client that mentions client_max_window_bits can be asked for a smaller window.
  const clientBits = clientMaxWindowBits === undefined ? MAX_WINDOW_BITS : Math.min(policy.clientMaxWindowBits, numberOf(clientMaxWindowBits))
  return {
    // RFC 7692 §7.1.1: either side's context may be given up by the response, whether the offer mentions it or not.
    serverNoContextTakeover: policy.serverNoContextTakeover || offered.serverNoContextTakeover,
    clientNoContextTakeover: policy.clientNoContextTakeover || offered.clientNoContextTakeover,
    // RFC 7692 §7.1.2.1: the same or a smaller value than was offered.
    serverMaxWindowBits: Math.min(policy.serverMaxWindowBits, serverMaxWindowBits),
    clientMaxWindowBits: clientBits,
  }
}

function numberOf(bits: number | true): number {
  return bits === true ? MAX_WINDOW_BITS : bits
}

/** What the client must be told: all that it asked for, and all that is less than it may assume without. */
function responseTo(offered: ParsedParameters, agreed: CompressionParameters): Map<string, string | true> {
  const parameters = new Map<string, string | true>()
  if (agreed.serverNoContextTakeover) parameters.set('server_no_context_takeover', true)
  if (agreed.clientNoContextTakeover) parameters.set('client_no_context_takeover', true)
  if (offered.serverMaxWindowBits !== undefined || agreed.serverMaxWindowBits < MAX_WINDOW_BITS) {
    parameters.set('server_max_window_bits', String(agreed.serverMaxWindowBits))
  }
  if (agreed.clientMaxWindowBits < MAX_WINDOW_BITS) parameters.set('client_max_window_bits', String(agreed.clientMaxWindowBits))
  return parameters
}
