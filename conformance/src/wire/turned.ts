// Client and server in each other's place (RFC 7692 §7.1): what a case wants as a client, as the answer of a server. Knows no socket.
import { type Agreement, type DeflateParameters, parseExtensions, readParameters } from './extensions.js'

/**
 * The answer to `offered` under which the two ends have what the case's own offer says, each in the other's place, as far as the
 * client's offer allows it. Undefined: nothing to answer.
 */
export function turnedAnswer(wanted: string, offered: string | undefined): string | undefined {
  const [own, theirs] = [firstLegal(wanted), firstLegal(offered ?? '')]
  if (own === undefined || theirs === undefined) return undefined
  const serverBits = least(own.clientMaxWindowBits, theirs.serverMaxWindowBits)
  const clientBits = theirs.clientMaxWindowBits === undefined ? undefined : least(own.serverMaxWindowBits, theirs.clientMaxWindowBits)
  return [
    'permessage-deflate',
    // §7.1.1.1: what the client demands has to be in the answer; what it did not mention may be
    ...(own.clientNoContextTakeover || theirs.serverNoContextTakeover ? ['server_no_context_takeover'] : []),
    ...(own.serverNoContextTakeover ? ['client_no_context_takeover'] : []),
    ...(serverBits === undefined ? [] : [`server_max_window_bits=${serverBits}`]),
    // §7.1.2.2: only where the client has said that it can
    ...(clientBits === undefined ? [] : [`client_max_window_bits=${clientBits}`]),
  ].join('; ')
}

export function turnedAgreement(agreement: Agreement): Agreement {
  return {
    serverNoContextTakeover: agreement.clientNoContextTakeover,
    clientNoContextTakeover: agreement.serverNoContextTakeover,
    serverMaxWindowBits: agreement.clientMaxWindowBits,
    clientMaxWindowBits: agreement.serverMaxWindowBits,
  }
}

function firstLegal(offer: string): DeflateParameters | undefined {
  const offers = (parseExtensions(offer) ?? []).filter(({ name }) => name === 'permessage-deflate')
  return offers.map((each) => readParameters(each, true)).find((each) => each !== undefined)
}

function least(...bits: readonly (number | true | undefined)[]): number | undefined {
  const given = bits.filter((each) => typeof each === 'number')
  return given.length === 0 ? undefined : Math.min(...given)
}
