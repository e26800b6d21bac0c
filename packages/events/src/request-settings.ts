// The options of requests with their defaults, checked. Knows no request.
import { usageError } from './errors.js'
import type { EventMap } from './event-map.js'
import type { EventOptions, Timers } from './options.js'

export interface RequestSettings {
  readonly outgoing: EventMap
  readonly timeout: number
  readonly maxPendingRequests: number
  readonly clock: Timers
}

export function resolveRequestSettings(options: EventOptions<EventMap>, clock: Timers): RequestSettings {
  const { outgoing = {}, timeout = 10_000, maxPendingRequests = 100 } = options
  checkTimeout(timeout)
  if (!(maxPendingRequests > 0)) throw usageError('WS_ERR_INVALID_OPTION', 'maxPendingRequests must be a number above 0')
  return { outgoing, timeout, maxPendingRequests, clock }
}

export function checkTimeout(timeout: number): void {
  if (!(timeout > 0)) throw usageError('WS_ERR_INVALID_OPTION', 'timeout must be a number of milliseconds above 0')
}
