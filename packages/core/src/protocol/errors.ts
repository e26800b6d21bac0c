// Every error that this library throws or emits, by whose fault it is. Knows nothing about connections or sockets.
//
//   class            whose fault   what the caller should do
//   ProtocolError    the peer's    nothing: the connection is failed with `closeCode`; `section` names the broken rule
//   HandshakeError   the peer's    answer the HTTP request with `status` and `headers`; the endpoint does that by itself
//   UsageError       the caller's  change the call: it is thrown before anything happened, and the connection is unharmed

/** Header fields by name, an array for a field that occurs several times (`Set-Cookie`). */
export interface HeaderRecord {
  readonly [name: string]: string | number | readonly string[]
}

/** The common base: `code` is stable and starts with `WS_`; the message is for people and may change. */
export class WebSocketError extends Error {
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  override get name(): string {
    return this.constructor.name
  }
}

/** The peer broke a rule of RFC 6455; the connection must be failed with `closeCode`. */
export class ProtocolError extends WebSocketError {
  /** What the Close frame says (RFC 6455 §7.4.1): 1002, 1007 or 1009. */
  readonly closeCode: number
  /** The section of RFC 6455 whose rule was broken, such as `5.5`. */
  readonly section: string

  constructor(fault: { code: string; message: string; closeCode: number; section: string }) {
    super(fault.code, fault.message)
    this.closeCode = fault.closeCode
    this.section = fault.section
  }
}

/** The caller passed something that cannot be done; thrown at once, before anything was sent. */
export class UsageError extends WebSocketError {}

/** The opening handshake is refused with this HTTP response (RFC 6455 §4.2). */
export class HandshakeError extends WebSocketError {
  readonly status: number
  readonly headers: HeaderRecord

  constructor(refusal: { code: string; message: string; status: number; headers?: HeaderRecord; cause?: unknown }) {
    super(refusal.code, refusal.message, refusal.cause === undefined ? undefined : { cause: refusal.cause })
    this.status = refusal.status
    this.headers = refusal.headers ?? {}
  }
}

/** What was thrown, in one line; never throws itself, whatever that is. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? `${error.message}` : String(error)
  } catch {
    return 'something that cannot be described'
  }
}
