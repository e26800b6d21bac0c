// A route with an upgrade got a request that cannot be upgraded: a plain one, half an upgrade, or one that no dispatcher
// led here because the framework was never attached. Answers what went wrong.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { hasToken } from '../handshake/header-list.js'
import { isWebSocketUpgrade } from '../handshake/request.js'
import { answerPlainly } from './answer.js'
import type { Refusal } from './events.js'

const REMEDY = 'call dispatchUpgrades(server, handler) of @tocsin/core, or attach(server, app) of your framework\'s adapter'

export class Undispatched {
  #hasWarned = false

  /** Answers 426 to a plain request, 500 to an upgrade that was never dispatched, with a warning, once, that says what to do. */
  refuse(request: IncomingMessage, response: ServerResponse, remedy = REMEDY): Refusal {
    if (!isWebSocketUpgrade(request)) return refusePlain(response)
    if (!hasToken(request.headers.connection, 'upgrade')) return refuseHalf(response)
    answerPlainly(response, { status: 500 })
    if (!this.#hasWarned) warn(remedy)
    this.#hasWarned = true
    return { status: 500, code: 'WS_ERR_NOT_ATTACHED', reason: 'the server was never attached', error: undefined }
  }
}

function refusePlain(response: ServerResponse): Refusal {
  // RFC 9110 §15.5.22: a 426 names the protocol; §7.8: Upgrade is a hop-by-hop field and stands in Connection. Node takes a
  // Connection field of ours as its word: without `close` in it, a client that asked to close would wait for that.
  const headers = { Upgrade: 'websocket', Connection: response.shouldKeepAlive ? 'Upgrade' : 'close, Upgrade' }
  answerPlainly(response, { status: 426, headers, body: 'This address speaks WebSocket only.\n' })
  return { status: 426, code: 'WS_ERR_PLAIN_REQUEST', reason: 'a plain HTTP request came to a WebSocket route', error: undefined }
}

/** RFC 6455 §4.2.1(4). A proxy that does not pass Connection on makes these. */
function refuseHalf(response: ServerResponse): Refusal {
  answerPlainly(response, { status: 400 })
  const reason = 'RFC 6455 §4.2.1(4): the Connection header must include "Upgrade"'
  return { status: 400, code: 'WS_ERR_INVALID_CONNECTION', reason, error: undefined }
}

function warn(remedy: string): void {
  process.emitWarning(`A WebSocket upgrade reached a route as a plain request. For Tocsin to see upgrades, ${remedy}.`, {
    type: 'TocsinWarning',
    code: 'WS_WARN_NOT_ATTACHED',
  })
}
