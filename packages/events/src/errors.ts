// The errors of this package, by what the caller should do about each. Knows nothing of connections.
//
//   class          who throws it              what it means
//   EventError     a handler of yours         the sender is answered with its message, code and data; all stays open
//   RequestError   request() rejects with it  no good answer came: `code` says why, `answer` what the peer said
//   UsageError     on, send, request, ...     change the call: nothing has happened

/** What may be said besides the message. */
export interface EventErrorOptions {
  /** For programs, and stable: such as 'room-full'. */
  readonly code?: string | undefined
  /** Whatever JSON can hold. */
  readonly data?: unknown
}

/** Thrown by a handler: its message, code and data go to the sender, and to nobody else. */
export class EventError extends Error {
  readonly code: string | undefined
  readonly data: unknown

  constructor(message: string, { code, data }: EventErrorOptions = {}) {
    super(message)
    this.code = code
    this.data = data
  }

  override get name(): string {
    return 'EventError'
  }
}

/** One fault of the data: where, and what; never the data itself. */
export interface ErrorIssue {
  readonly path: ReadonlyArray<string | number>
  readonly message: string
}

/** The `data` of an `error` event. */
export interface ErrorData {
  /** For people. */
  readonly message: string
  /** For programs: an EventError's own, or 'bad-message', 'unknown-event', 'invalid-data', 'internal-error'. */
  readonly code?: string | undefined
  /** An EventError's own. */
  readonly data?: unknown
  /** With 'invalid-data': what the schema says, at most ten. */
  readonly issues?: ReadonlyArray<ErrorIssue> | undefined
}

/**
 * Why a request has no good answer. `..._TIMEOUT`: none came in time. `..._CLOSED`: there was no connection, nothing was
 * sent. `..._UNCONFIRMED`: the connection ended before the answer came; what was asked may have been done. `..._REFUSED`: the peer answered with an error (`answer`). `..._REPLY`: the reply does not fit its schema
 * (`answer.issues`). `..._LIMIT`: too many wait already, nothing was sent.
 */
export type RequestErrorCode =
  | 'WS_ERR_REQUEST_TIMEOUT'
  | 'WS_ERR_REQUEST_CLOSED'
  | 'WS_ERR_REQUEST_UNCONFIRMED'
  | 'WS_ERR_REQUEST_REFUSED'
  | 'WS_ERR_REQUEST_REPLY'
  | 'WS_ERR_REQUEST_LIMIT'

/** What request() rejects with, unless its signal was aborted: then with the signal's reason. */
export class RequestError extends Error {
  readonly code: RequestErrorCode
  /** What the peer answered, or what is wrong with it. */
  readonly answer: ErrorData | undefined

  constructor(code: RequestErrorCode, message: string, answer?: ErrorData) {
    super(message)
    this.code = code
    this.answer = answer
  }

  override get name(): string {
    return 'RequestError'
  }
}

/** Looks as core's UsageError does, without needing core: this package runs in browsers, too. */
export function usageError(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code, name: 'UsageError' })
}
