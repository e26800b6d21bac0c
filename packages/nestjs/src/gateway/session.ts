// What Nest has bound to one connection: its message handlers, its disconnect callbacks, and the hooks that are running.
import type { WsMessageHandler } from '@nestjs/common'
import type { Connection } from '@tocsin/core'
import type { Observable } from 'rxjs'
import { MessageHandlers } from '../message/message-handlers.js'
import { listenToHooks } from './tracked-hooks.js'

const SESSION: unique symbol = Symbol('tocsin.session')
type Bound = Connection & { [SESSION]?: Session }

export class Session {
  readonly handlers: MessageHandlers
  readonly #owner: object
  readonly #onDisconnect: ((code: number) => void)[] = []
  #hooks: Promise<unknown>[] = []

  /** @param owner the group of gateways that it belongs to */
  constructor(connection: Connection, owner: object, isFeed: (event: string) => boolean) {
    this.#owner = owner
    this.handlers = new MessageHandlers(isFeed)
    Object.defineProperty(connection, SESSION, { value: this })
    listenToHooks(connection, (result) => this.#hooks.push(result))
  }

  /** Undefined when the connection is another group's, or was not opened through a gateway. */
  static of(connection: Bound, owner: object): Session | undefined {
    const session = connection[SESSION]
    return session !== undefined && session.#owner === owner ? session : undefined
  }

  /** Whoever it belongs to. */
  static on(connection: Connection): Session {
    return (connection as Bound)[SESSION]!
  }

  addHandlers(handlers: readonly WsMessageHandler[], transform: (data: unknown) => Observable<unknown>): void {
    this.handlers.add(handlers, transform)
  }

  addDisconnect(callback: (code: number) => void): void {
    this.#onDisconnect.push(callback)
  }

  disconnect(code: number): void {
    for (const callback of this.#onDisconnect) callback(code)
  }

  /** The hooks that have run since the last time. */
  takeHooks(): Promise<unknown>[] {
    const hooks = this.#hooks
    this.#hooks = []
    return hooks
  }
}
