// What a route of a framework holds of a pending upgrade, and where it finds it. It must not know how the framework is run.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { PendingUpgrade } from './pending-upgrade.js'
import type { UpgradeServer } from './upgrade-server.js'

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
const PENDING: unique symbol = Symbol.for('tocsin.pending.1')

/** The upgrade that is behind this request; undefined for a plain request, and for an upgrade that no dispatcher brought here. */
export function pendingUpgradeOf(request: IncomingMessage, _response?: ServerResponse): RoutedUpgrade | undefined {
  return (request as { readonly [PENDING]?: RoutedUpgrade })[PENDING]
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

/** The framework that is being asked, as its route sees it. */
export interface RouteOwner {
  /** It has nothing to say any more. */
  readonly isOver: boolean
  switchProtocols(response: ServerResponse, lead?: () => void): Promise<[string, string][] | null>
  leaveToOthers(): boolean
}

export class RouteOfUpgrade implements RoutedUpgrade {
  readonly #upgrade: PendingUpgrade
  readonly #owner: RouteOwner

  constructor(upgrade: PendingUpgrade, owner: RouteOwner) {
    this.#upgrade = upgrade
    this.#owner = owner
    Object.freeze(this)
  }

  get request(): IncomingMessage { return this.#upgrade.request }
  get socket(): Duplex { return this.#upgrade.socket }
  get server(): UpgradeServer { return this.#upgrade.server }
  get isClaimed(): boolean { return this.#upgrade.isClaimed }
  get isGone(): boolean { return this.#upgrade.isGone || (this.#owner.isOver && !this.isClaimed) }

  claim(): void {
    this.#upgrade.claim()
  }

  onGone(listener: () => void): void {
    this.#upgrade.onGone(listener)
  }

  refuse(response: Buffer): void {
    this.#upgrade.refuse(response)
  }

  take(): Buffer {
    return this.#upgrade.take()
  }

  switchingProtocols(response: ServerResponse, lead?: () => void): Promise<[string, string][] | null> {
    return this.#owner.switchProtocols(response, lead)
  }

  leaveToOthers(): boolean {
    return this.#owner.leaveToOthers()
  }
}

export function exposeRoutedUpgrade(request: IncomingMessage, upgrade: RoutedUpgrade): void {
  Object.defineProperty(request, PENDING, { value: upgrade, configurable: true, enumerable: false })
}

export function hideRoutedUpgrade(request: IncomingMessage): void {
  Reflect.deleteProperty(request, PENDING)
}
