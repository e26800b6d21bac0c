// Any framework with a `(request, response, done)` on one server: its routes can upgrade, and server and endpoints can be ended together.
// What the adapters are made of; it must not know a framework.
import type { RequestHandler } from '../dispatcher/framework-attempt.js'
import type { ServerLimits } from '../dispatcher/server-limits.js'
import type { DispatchOptions } from '../dispatcher/upgrade-chain.js'
import { type DispatcherOptions, limitServer, upgradeDispatcher } from '../dispatcher/upgrade-dispatcher.js'
import type { UpgradeServer } from '../dispatcher/upgrade-server.js'
import { type CloseOptions, resolveCloseOptions } from './close-options.js'

/** The limits among them hold for the whole server: see ServerLimits. */
export interface DispatchUpgradesOptions extends DispatcherOptions, DispatchOptions, ServerLimits {}

/** A framework whose routes can upgrade, on one server. */
export interface Dispatching {
  /** What a readiness probe asks: false as soon as `close()` or `drain()` is called, `readinessDelay` before anything is refused. */
  readonly isReady: boolean
  /** Takes the framework off the server's upgrades; connections stay. */
  detach(): void
  /**
   * Ends the server together with every endpoint that was used through it. After `readinessDelay`, in which all goes on, nobody is let in any
   * more (503 with Retry-After), connections get Close within `spread` and after what was accepted for sending before, plain requests in flight may finish,
   * and at the deadline what is left is cut off. Sockets of other libraries are left to them.
   * @returns resolves when all is over, at the deadline at the latest; the first call's options count
   * @throws UsageError for a code or reason that cannot be sent; nothing is closed then
   */
  close(options?: CloseOptions): Promise<void>
  /**
   * The same for a framework that closes the server itself right afterwards, in its own way.
   * @returns resolves when the connections and their `close` handlers are done, at the deadline at the latest
   */
  drain(options?: CloseOptions): Promise<void>
}

/**
 * Runs the upgrades of `server` through a framework; a route of it upgrades with `endpoint.upgrade(request, response)`.
 * @throws UsageError for limits out of range, or others than somebody has set on this server already
 */
export function dispatchUpgrades(server: UpgradeServer, handler: RequestHandler, options: DispatchUpgradesOptions = {}): Dispatching {
  const dispatcher = upgradeDispatcher(server, options)
  const unlimit = limitServer(server, options)
  const undispatch = dispatcher.dispatch(handler, options)
  return {
    get isReady() { return dispatcher.isReady },
    detach: () => {
      undispatch()
      unlimit()
    },
    close: async (closeOptions = {}) => dispatcher.close(resolveCloseOptions(closeOptions)),
    drain: async (closeOptions = {}) => dispatcher.drain(resolveCloseOptions(closeOptions)),
  }
}
