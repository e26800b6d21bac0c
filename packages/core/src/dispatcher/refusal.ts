// The dispatcher's own refusals, where no endpoint has a say: what the peer gets, and what an operator hears of them. Knows values.
import type { IncomingMessage } from 'node:http'
import { diagnostics } from '../diagnostics.js'
import { serializeResponse } from '../handshake/response.js'

export interface DispatcherRefusal {
  readonly status: number
  readonly code: string
  readonly reason: string
}

export const UNDECIDED: DispatcherRefusal = { status: 503, code: 'WS_ERR_HANDSHAKE_TIMEOUT', reason: 'no framework has decided in time' }
export const CLOSING: DispatcherRefusal = { status: 503, code: 'WS_ERR_CLOSING', reason: 'the server is closing' }
export const HANDLER_FAILED: DispatcherRefusal = { status: 500, code: 'WS_ERR_UPGRADE_FAILED', reason: 'an attached handler threw' }
export const FRAMEWORK_FAILED = { code: 'WS_ERR_UPGRADE_FAILED', reason: 'the framework failed, and gave no answer of its own' }
export const WITH_BODY: DispatcherRefusal = { status: 400, code: 'WS_ERR_REQUEST_BODY', reason: 'an upgrade announces a body' }
export const PIPELINED: DispatcherRefusal = { status: 400, code: 'WS_ERR_PIPELINED', reason: 'an upgrade behind an unfinished response' }
export const PEER_GONE: DispatcherRefusal = { status: 0, code: 'WS_ERR_PEER_GONE', reason: 'the peer went away before anybody took the upgrade' }

/** With this status: 404, unless a framework said it otherwise. */
export function noRoute(status = 404): DispatcherRefusal {
  return { status, code: 'WS_ERR_NO_ROUTE', reason: 'nobody takes upgrades of this path' }
}

/** A framework's own middleware, guard or route did so; the rest is its business. */
export function refusedByFramework(status: number): DispatcherRefusal {
  return { status, code: 'WS_REFUSED', reason: 'the framework answered' }
}

export function responseOf({ status }: Pick<DispatcherRefusal, 'status'>): Buffer {
  return serializeResponse(status === 503 ? { status, headers: { 'Retry-After': '1' } } : { status })
}

export function announceRefusal(request: IncomingMessage, refusal: DispatcherRefusal): void {
  if (diagnostics.refused.hasSubscribers) diagnostics.refused.publish({ request, endpoint: undefined, ...refusal })
}
