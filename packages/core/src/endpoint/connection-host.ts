// An endpoint's side of its connections: calls the application's handlers, keeps registry and counters right, and sees to
// it that no error of a handler gets lost or goes further than its connection.
import type { IncomingMessage } from 'node:http'
import type { Buffer } from 'node:buffer'
import type { Connection } from '../connection/connection.js'
import { SEAT } from '../connection/seat.js'
import type { ConnectionEvent, ConnectionEventMap, ConnectionHost, ConnectionSettings, MessageInterceptor } from '../connection/settings.js'
import { diagnostics } from '../diagnostics.js'
import type { MessageKind } from '../protocol/message-assembler.js'
import { Connections } from '../registry/connections.js'
import { Topics } from '../registry/topics.js'
import type { Runtime } from '../runtime.js'
import { Lingering } from './closing.js'
import { ErrorLog } from './error-log.js'
import { Handlers } from './handlers.js'
import type { ResolvedOptions } from './options.js'
import { EndpointCounters } from './stats.js'

export class EndpointHost<Data> implements ConnectionHost<Connection<Data>> {
  readonly runtime: Runtime
  readonly settings: ConnectionSettings
  readonly counters = new EndpointCounters()
  readonly connections = new Connections<Connection<Data>>()
  readonly topics = new Topics<Connection<Data>>()
  /** Connections whose `close` handlers have not settled. */
  readonly lingering: Lingering<Connection<Data>>
  readonly handlers = new Handlers()
  /** Connections that have yet to authenticate. */
  unauthenticated = 0
  interceptor: MessageInterceptor<Connection<Data>> | undefined = undefined

  readonly #messageHandlers = this.handlers.of('message')
  readonly #name: string
  readonly #errorLog: ErrorLog

  constructor(options: ResolvedOptions<Data>) {
    this.runtime = options.runtime
    this.settings = options
    this.#name = options.name
    this.lingering = new Lingering(options.name)
    this.#errorLog = new ErrorLog(options.runtime.clock)
  }

  hasHandler(event: ConnectionEvent | 'message'): boolean {
    return this.handlers.has(event)
  }

  /** @param origin the server that it came through */
  onEstablished(connection: Connection<Data>, origin: object): void {
    this.counters.accepted++
    if (connection.isAuthenticated) this.connections.add(connection)
    else this.unauthenticated++
    this.lingering.add(connection, origin)
  }

  onAuthenticated(connection: Connection<Data>): void {
    this.unauthenticated--
    this.connections.add(connection)
  }

  dispatchOpen(connection: Connection<Data>, request: IncomingMessage): void | Promise<void> {
    return this.handlers.of('open').run(connection, request)
  }

  interceptMessage(connection: Connection<Data>, message: string | Buffer, kind: MessageKind): boolean {
    return this.interceptor !== undefined && this.interceptor(connection, message, kind)
  }

  dispatchMessage(connection: Connection<Data>, message: string | Buffer, kind: MessageKind): void | Promise<void> {
    return this.#messageHandlers.run(connection, message, kind)
  }

  dispatchEvent<Event extends ConnectionEvent>(connection: Connection<Data>, event: Event, value: ConnectionEventMap[Event]): void | Promise<void> {
    return this.handlers.of(event).run(connection, value)
  }

  onHandlerError(error: unknown, connection: Connection<Data> | undefined): void {
    this.#publish(error, connection)
    const handlers = this.handlers.of('error')
    const failed = (later: unknown): void => {
      this.#publish(later, connection)
      this.#print(error, connection)
      this.#print(later, connection)
    }
    if (handlers.isEmpty) return this.#print(error, connection)
    try {
      handlers.run(error, connection)?.catch(failed)
    } catch (later) {
      failed(later)
    }
  }

  #publish(error: unknown, connection: Connection<Data> | undefined): void {
    if (diagnostics.error.hasSubscribers) diagnostics.error.publish({ endpoint: this.#name, connection, error })
  }

  #print(error: unknown, connection: Connection<Data> | undefined): void {
    const where = connection === undefined ? '' : `, connection ${connection.id}`
    this.#errorLog.report(`Tocsin: unhandled error in WebSocket endpoint '${this.#name}'${where}:`, error)
  }

  onClosed(connection: Connection<Data>): void {
    this.counters.closed++
    this.connections.delete(connection)
    if (!connection.isAuthenticated) this.unauthenticated--
    for (const topic of connection.topics) this.topics.leave(connection, topic)
  }

  onSettled(connection: Connection<Data>): void {
    this.lingering.delete(connection)
    connection[SEAT].vacate()
  }

  joinTopic(connection: Connection<Data>, topic: string): void {
    this.topics.join(connection, topic)
  }

  leaveTopic(connection: Connection<Data>, topic: string): void {
    this.topics.leave(connection, topic)
  }

  /** Runs handlers of an event that belongs to no connection. @returns whether all went well */
  announce(event: 'refused' | 'request', request: IncomingMessage, value: unknown): boolean | Promise<boolean> {
    try {
      const result = this.handlers.of(event).run(request, value)
      return result === undefined || result.then(() => true, (error: unknown) => this.#fail(error))
    } catch (error) {
      return this.#fail(error)
    }
  }

  #fail(error: unknown): false {
    this.onHandlerError(error, undefined)
    return false
  }
}
