// The server answered the handshake with something else than a 101. A value only.
import type { Buffer } from 'node:buffer'
import { WebSocketError } from '@tocsin/core/protocol'
import type { ResponseHead } from './response-head.js'

export class RefusedError extends WebSocketError {
  /** Of the HTTP response. */
  readonly status: number
  /** By lower-case name; `set-cookie` is a list. */
  readonly headers: ResponseHead['headers']
  /** As UTF-8: its first 64 KiB. */
  readonly body: string
  /** What `Retry-After` asks for, in ms. */
  readonly retryAfter: number | undefined

  constructor({ status, reason, headers }: ResponseHead, body: Buffer, retryAfter?: number) {
    super('WS_ERR_REFUSED', `the server refused the handshake: ${status} ${reason}`.trimEnd())
    this.status = status
    this.headers = headers
    this.body = body.toString('utf8')
    this.retryAfter = retryAfter
  }
}
