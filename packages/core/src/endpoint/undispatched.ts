// A route with an upgrade got a request that cannot be upgraded: a plain one, half an upgrade, or one that no dispatcher
// led here because the framework was never attached. Answers what went wrong.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { hasToken } from '../handshake/header-list.js'
import { isWebSocketUpgrade } from '../handshake/request.js'
import type { HttpResponse } from '../handshake/response.js'
import { answerPlainly, type Respond, wholeResponse } from './answer.js'
import type { Refusal } from './events.js'

const REMEDY = 'call dispatchUpgrades(server, handler) of @tocsin/core, or attach(server, app) of your framework\'s adapter'

/** How the adapter wants it answered. */
export interface AnswerOptions {
  /** @default Node's own methods of the response */
  readonly respond?: Respond | undefined
  /** What the warning tells the developer to do. */
  readonly remedy?: string | undefined
}

export class Undispatched {
  #hasWarned = false

  /** Answers 426 to a plain request, 500 to an upgrade that was never dispatched, with a warning, once, that says what to do. */
  refuse(request: IncomingMessage, response: ServerResponse, { respond, remedy = REMEDY }: AnswerOptions = {}): Refusal {
    const answer = (answered: HttpResponse): void => (respond ? respond(wholeResponse(answered)) : answerPlainly(response, answered))
    if (!isWebSocketUpgrade(request)) return refusePlain(request, { response, answer })
    if (!hasToken(request.headers.connection, 'upgrade')) return refuseHalf(answer)
    answer({ status: 500 })
    if (!this.#hasWarned) warn(remedy)
    this.#hasWarned = true
    return { status: 500, code: 'WS_ERR_NOT_ATTACHED', reason: 'the server was never attached', error: undefined }
  }
}

type Answering = (response: HttpResponse) => void

const PLAIN = { code: 'WS_ERR_PLAIN_REQUEST', reason: 'a plain HTTP request came to a WebSocket route', error: undefined }
const BODY = 'This address speaks WebSocket only.\n'

function refusePlain(request: IncomingMessage, { response, answer }: { response: ServerResponse; answer: Answering }): Refusal {
  // RFC 9110 §15.5.22: a 426 names the protocol in a field that RFC 9113 §8.2.2 forbids
  const status = request.httpVersionMajor < 2 ? 426 : 400
  // RFC 9110 §7.8: Upgrade is a hop-by-hop field and stands in Connection. Node takes a Connection field of ours as its word:
  // without `close` in it, a client that asked to close would wait for that.
  const headers = { Upgrade: 'websocket', Connection: response.shouldKeepAlive ? 'Upgrade' : 'close, Upgrade' }
  answer({ status, headers: status === 426 ? headers : {}, body: BODY })
  return { status, ...PLAIN }
}

/** RFC 6455 §4.2.1(4). A proxy that does not pass Connection on makes these. */
function refuseHalf(answer: Answering): Refusal {
  answer({ status: 400 })
  const reason = 'RFC 6455 §4.2.1(4): the Connection header must include "Upgrade"'
  return { status: 400, code: 'WS_ERR_INVALID_CONNECTION', reason, error: undefined }
}

function warn(remedy: string): void {
  process.emitWarning(`A WebSocket upgrade reached a route as a plain request. For Tocsin to see upgrades, ${remedy}.`, {
    type: 'TocsinWarning',
    code: 'WS_WARN_NOT_ATTACHED',
  })
}
