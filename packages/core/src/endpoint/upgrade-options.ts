// What a route of a framework, or the adapter around it, says about one upgrade. Types only.
import type { Respond } from './answer.js'
import type { AcceptOptions } from './decision.js'
import type { FrameworkView } from './framework-view.js'

/** What a route says about the upgrade that it leads to an endpoint. */
export interface UpgradeOptions<Data> extends AcceptOptions {
  /** Becomes `connection.data`. Must be left out where the endpoint has an `upgrade` hook. */
  readonly data?: NoInfer<Data>
  /** The framework's own view of the request, where it knows better than the socket and `trustedProxies`. */
  readonly view?: FrameworkView | undefined
  /** What the developer is told to do when this upgrade was never dispatched; adapters name their own way. */
  readonly remedy?: string
  /** Writes whatever is answered, the 101 included, where a framework's hooks run only so. @default Node's methods of the response */
  readonly respond?: Respond
  /** The connection's, made by `endpoint.runtime.createId()`, where something must know it before the 101. @default a new one */
  readonly id?: string
}
