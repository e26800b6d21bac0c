// The errors of the browser build: the names and codes of core's, which is not there. Words cost bytes: the README has them.

/** The message is the code, which is stable and starts with `WS_`. */
export class WebSocketError extends Error {
  override name = 'WebSocketError'

  get code(): string {
    return this.message
  }
}

/** The caller's fault; thrown before anything happened. */
export class UsageError extends WebSocketError {
  override name = 'UsageError'
}
