// A route with an upgrade got a request that cannot be upgraded: a plain one, or one that no dispatcher led here because
// the framework was never attached. Answers what went wrong.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isWebSocketUpgrade } from '../handshake/request.js'
import { answerPlainly } from './answer.js'
import type { Refusal } from './events.js'

/** Answers 426 to a plain request, 500 with a warning to an upgrade that was never dispatched. */
export function refuseUndispatched(request: IncomingMessage, response: ServerResponse): Refusal {
  if (isWebSocketUpgrade(request)) {
    answerPlainly(response, { status: 500 })
    warnOfMissingAttach()
    return { status: 500, code: 'WS_ERR_NOT_ATTACHED', reason: 'the server was never attached', error: undefined }
  }
  // RFC 9110 §15.5.22: a 426 names the protocol; §7.8: Upgrade is a hop-by-hop field and stands in Connection.
  const headers = { Upgrade: 'websocket', Connection: 'Upgrade' }
  answerPlainly(response, { status: 426, headers, body: 'This address speaks WebSocket only.\n' })
  return { status: 426, code: 'WS_ERR_PLAIN_REQUEST', reason: 'a plain HTTP request came to a WebSocket route', error: undefined }
}

function warnOfMissingAttach(): void {
  const cure = 'call attach(server, app) of your framework\'s adapter, or dispatchUpgrades(server, handler) of @tocsin/core'
  process.emitWarning(`A WebSocket upgrade reached a route as a plain request. To let Tocsin see upgrades, ${cure}.`, {
    type: 'TocsinWarning',
    code: 'WS_WARN_NOT_ATTACHED',
  })
}
