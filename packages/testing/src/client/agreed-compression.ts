// What the client's side of permessage-deflate comes to: its offer, and what the server's answer makes of it (RFC 7692 §5). Knows no socket.
import {
  Compression,
  type CompressionOptions,
  ZlibPool,
  offerCompression,
  parseExtensions,
  readCompressionResponse,
  resolveCompression,
  serializeExtension,
} from '@tocsin/core/compression'

export type CompressionOffer = boolean | CompressionOptions

/** A test decides by itself what is too long. */
const NO_LIMIT = 0x1fff_ffe8

/** The field's value for the request; undefined: nothing is offered. */
export function offerOf(options: CompressionOffer | undefined): string | undefined {
  const policy = resolveCompression(options)
  return policy && serializeExtension(offerCompression(policy))
}

/** @param answer the field of the 101. @throws ProtocolError for an answer that does not keep to the offer */
export function agreedCompression(options: CompressionOffer | undefined, answer: string | undefined): Compression | undefined {
  const policy = resolveCompression(options)
  const parameters = readCompressionResponse(answer === undefined ? [] : parseExtensions(answer), policy)
  if (parameters === undefined) return undefined
  const counters = { messagesDeflated: 0, messagesInflated: 0 }
  return new Compression({ pool: new ZlibPool({ budget: Infinity }), parameters, policy: policy!, role: 'client', maxMessageSize: NO_LIMIT, counters })
}
