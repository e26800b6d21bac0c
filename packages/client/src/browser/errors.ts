// The errors of the browser build: the names and codes of core's, which is not there. Words cost bytes: the README has them.

/** `code` is stable and starts with `WS_`; the message is for people. */
export class WebSocketError extends Error {
  readonly code: string

  constructor(code: string, message = `${code}: see @tocsin/client`) {
    super(message)
    this.code = code
    this.name = 'WebSocketError'
  }
}

/** The caller's fault; thrown before anything happened. */
export class UsageError extends WebSocketError {
  override name = 'UsageError'
}
