// The close codes of RFC 6455 §7.4 and the IANA registry, and which of them may travel in a Close frame. Knows numbers only.

/** Close codes under their registered names (RFC 6455 §7.4.1, §11.7). */
export const CloseCode = {
  NormalClosure: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  /** Never on the wire: the Close frame carried no code. */
  NoStatusReceived: 1005,
  /** Never on the wire: the connection ended without a Close frame. */
  AbnormalClosure: 1006,
  InvalidFramePayloadData: 1007,
  PolicyViolation: 1008,
  MessageTooBig: 1009,
  MandatoryExtension: 1010,
  InternalError: 1011,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadGateway: 1014,
  /** Never on the wire: the TLS handshake failed. */
  TlsHandshake: 1015,
} as const

/** One of the registered close codes. Applications may also use 3000-4999 (RFC 6455 §7.4.2). */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode]

/**
 * Whether a close code may stand in a Close frame: 1000-1003, 1007-1014 (the registered ones that are not reserved for
 * local use) and 3000-4999 (RFC 6455 §7.4.1, §7.4.2).
 */
export function isSendableCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999)
}
