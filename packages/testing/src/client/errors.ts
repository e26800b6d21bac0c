// What a test is told when its client did not get what it waited for. Values only.
import { WebSocketError } from '@tocsin/core'
import type { HttpResponse } from './http-response.js'

/** The server answered the handshake with something else than a 101. */
export class UpgradeRefusedError extends WebSocketError {
  readonly status: number
  readonly headers: HttpResponse['headers']
  /** As UTF-8. */
  readonly body: string

  constructor({ status, headers, body }: HttpResponse) {
    const text = body.toString('utf8')
    super('WS_ERR_REFUSED', `the server answered ${status}${text === '' ? '' : `: ${abbreviated(text)}`}`)
    this.status = status
    this.headers = headers
    this.body = text
  }

  /** The body as JSON. @throws SyntaxError */
  json(): unknown {
    return JSON.parse(this.body)
  }
}

/** No whole answer to the handshake came, or one that breaks RFC 6455 §4.1. */
export class HandshakeFailedError extends WebSocketError {
  constructor(reason: string, cause?: unknown) {
    super('WS_ERR_HANDSHAKE_FAILED', reason, cause === undefined ? undefined : { cause })
  }
}

/** Nothing came in time. */
export class TimeoutError extends WebSocketError {
  constructor(awaited: string, limit: number, instead: string) {
    super('WS_ERR_TEST_TIMEOUT', `no ${awaited} within ${limit} ms: ${instead}`)
  }
}

/** The connection ended before what was waited for. */
export class ConnectionEndedError extends WebSocketError {
  constructor(awaited: string, how: string, cause?: unknown) {
    super('WS_ERR_TEST_ENDED', `no ${awaited}: the connection ended, ${how}`, cause === undefined ? undefined : { cause })
  }
}

const LONGEST = 80

/** For messages to people. */
function abbreviated(text: string): string {
  return JSON.stringify(text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}...`)
}
