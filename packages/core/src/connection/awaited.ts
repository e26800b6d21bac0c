// Who waits for something of a connection: until everything is written, by a promise; for its end, by a signal. Exists from the
// first time that somebody does. Knows neither bytes nor reasons.
import { WebSocketError } from '../protocol/errors.js'

export class Awaited {
  #abortController: AbortController | undefined
  #waiters: (() => void)[] = []

  get signal(): AbortSignal {
    return (this.#abortController ??= new AbortController()).signal
  }

  drained(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve))
  }

  onDrained(): void {
    for (const resolve of this.#waiters.splice(0)) resolve()
  }

  onClosed(): void {
    this.#abortController?.abort(new WebSocketError('WS_ERR_CLOSED', 'the WebSocket connection is closed'))
  }
}
