// What Nest has bound to one connection: its message handlers, its disconnect callbacks, and the hooks that are running.
import type { WsMessageHandler } from '@nestjs/common'
import type { Connection } from '@tocsin/core'
import type { Observable } from 'rxjs'
import { MessageHandlers } from '../message/message-handlers.js'
import { listenToHooks } from './tracked-hooks.js'

const SESSION = Symbol('tocsin.session')

export class Session {
  readonly handlers: MessageHandlers
  readonly #onDisconnect: ((code: number) => void)[] = []
  #hooks: Promise<unknown>[] = []

  constructor(connection: Connection, isFeed: (event: string) => boolean) {
    this.handlers = new MessageHandlers(isFeed)
    Object.defineProperty(connection, SESSION, { value: this })
    listenToHooks(connection, (result) => this.#hooks.push(result))
  }

  static of(connection: Connection): Session {
    return Reflect.get(connection, SESSION) as Session
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
