// What a route of a framework holds of a pending upgrade, and where it finds it. It must not know how the framework is run.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { PendingUpgrade } from './pending-upgrade.js'

/** What a route of a framework holds: found on the request under `Symbol.for('tocsin.pending.1')`. */
export interface RoutedUpgrade extends PendingUpgrade {
  /**
   * Leads the framework's response through `writeHead(101)` and `end()`, so that everything that hooks into writing a response runs.
   * @param lead does so in the framework's own words, at once or later
   * @returns the header lines those hooks left (see `passableHeaders`), or null when the peer is gone or a hook answered something else
   * @throws UsageError `WS_ERR_HEADERS_SENT` when the response was begun before, `WS_ERR_FOREIGN_RESPONSE` when it is another request's
   */
  switchingProtocols(response: ServerResponse, lead?: () => void): Promise<[string, string][] | null>
  /** "Not mine", before the framework has answered anything. @returns false, and nothing has happened, when nobody else is there to ask */
  leaveToOthers(): boolean
}

// Registered, so that two copies of core find each other's
const PENDING = Symbol.for('tocsin.pending.1')

/** The upgrade that is behind this request; undefined for a plain request, and for an upgrade that no dispatcher brought here. */
export function pendingUpgradeOf(request: IncomingMessage, _response?: ServerResponse): RoutedUpgrade | undefined {
  return Reflect.get(request, PENDING) as RoutedUpgrade | undefined
}

/** Whether this request is a WebSocket upgrade that a dispatcher has led here, so that `endpoint.upgrade(request, response)` can take it. */
export function isUpgradePending(request: IncomingMessage): boolean {
  return pendingUpgradeOf(request) !== undefined
}

/**
 * For a framework that knows, before its middleware runs, that it has no route for this upgrade: leaves it to whoever else is on the server.
 * @returns false, and nothing has happened, when there is nobody else: then the framework's own 404 is the answer
 */
export function leaveToOthers(request: IncomingMessage): boolean {
  return pendingUpgradeOf(request)?.leaveToOthers() ?? false
}

export function exposeRoutedUpgrade(request: IncomingMessage, upgrade: RoutedUpgrade): void {
  Object.defineProperty(request, PENDING, { value: upgrade, configurable: true, enumerable: false })
}

export function hideRoutedUpgrade(request: IncomingMessage): void {
  Reflect.deleteProperty(request, PENDING)
}
