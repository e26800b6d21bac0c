// The time that a peer has to authenticate after its 101. Only where the endpoint has `authenticateWithin`, and only until it has done so.
import type { Runtime } from '../runtime.js'
import type { ConnectionLimit } from './over-limit.js'
import { Timed } from './timing-wheel.js'

export interface AuthenticationOwner {
  readonly runtime: Runtime
  onOverLimit(limit: ConnectionLimit): void
}

export class Authentication extends Timed {
  readonly #owner: AuthenticationOwner

  /** @param within in ms */
  constructor(owner: AuthenticationOwner, within: number) {
    super()
    this.#owner = owner
    owner.runtime.wheel.schedule(this, within)
  }

  /** It has authenticated, or the connection has closed. */
  stop(): void {
    this.#owner.runtime.wheel.cancel(this)
  }

  override onDue(): void {
    this.#owner.onOverLimit('authenticateWithin')
  }
}
