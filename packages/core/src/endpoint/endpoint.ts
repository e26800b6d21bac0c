// A WebSocket endpoint: its connections, its topics, its handlers. The public face; the work is done in the rooms beside it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Connection } from '../connection/connection.js'
import type { ConnectionInfo } from '../connection/connection-info.js'
import type { MessageInterceptor } from '../connection/settings.js'
import { SharedMessage } from '../connection/shared-message.js'
import { elapsed } from '../dispatcher/deadline.js'
import { pendingUpgradeOf } from '../dispatcher/routed-upgrade.js'
import type { ServerLimits } from '../dispatcher/server-limits.js'
import { limitServer } from '../dispatcher/upgrade-dispatcher.js'
import type { UpgradeServer } from '../dispatcher/upgrade-server.js'
import { UsageError } from '../protocol/errors.js'
import { Frame } from '../protocol/frame.js'
import { isOpcode } from '../protocol/opcode.js'
import type { Payload } from '../protocol/payload.js'
import { deliver } from '../registry/broadcast.js'
import type { Connections } from '../registry/connections.js'
import type { Seating } from '../registry/members.js'
import type { Runtime } from '../runtime.js'
import { answerPlainly } from './answer.js'
import { type CloseOptions, type ResolvedCloseOptions, resolveCloseOptions } from './close-options.js'
import { EndpointHost } from './connection-host.js'
import { Decision } from './decision.js'
import { type EndpointEvent, type EndpointEvents, type Refusal } from './events.js'
import { ListeningServer } from './listening-server.js'
import type { MessageOptions } from './message-options.js'
import { type EndpointOptions, resolveOptions } from './options.js'
import { Reception } from './reception.js'
import { dataAndHook } from './refusing.js'
import type { EndpointStats } from './stats.js'
import { Topic } from './topic.js'
import { Undispatched } from './undispatched.js'
import type { UpgradeOptions } from './upgrade-options.js'

/** Where an attached endpoint is found; and limits, which hold for the whole server. */
export interface AttachOptions extends ServerLimits {
  /** Compared byte for byte with the request's target up to '?'. @default every path that nobody else has */
  readonly path?: string
}

/** How an endpoint listens; and limits of its server. */
export interface ListenOptions extends ServerLimits {
  /** @default all interfaces */
  readonly host?: string | undefined
}

/** What push() sends. */
export interface PushOptions {
  /** @default text for a string, binary for bytes */
  readonly opcode?: number
  /** False: a fragment (RFC 6455 §5.4). @default true */
  readonly fin?: boolean
  /** Where compression was agreed on: true compresses whatever the size, false never. @default by the `threshold` */
  readonly compress?: boolean
  /** With `slowConsumer: 'latest'`: what this message is the latest state of. @default none */
  readonly key?: string
}

/** @typeParam Data what the `upgrade` hook or a route says about a connection: `connection.data` */
export class WebSocketEndpoint<Data = undefined> implements AsyncDisposable {
  readonly #host: EndpointHost<Data>
  readonly #reception: Reception<Data>
  readonly #detach: (() => void)[] = []
  readonly #undispatched = new Undispatched()
  #listening: ListeningServer | undefined
  /** Takes the limits of its own server back. */
  #unlimit: (() => void) | undefined
  #closed: Promise<void> | undefined

  /** @throws UsageError for an option out of range */
  constructor(options: EndpointOptions<Data> = {}) {
    const resolved = resolveOptions(options)
    this.#host = new EndpointHost(resolved)
    this.#reception = new Reception(resolved, this.#host, (options) => this.close(options))
  }

  get name(): string {
    return this.#reception.options.name
  }

  /** Its clock and timers: what waits on top of an endpoint uses the same ones. */
  get runtime(): Runtime {
    return this.#host.runtime
  }

  /** Whether it decides by an `upgrade` hook of its own; otherwise routes say what `connection.data` is. */
  get hasUpgradeHook(): boolean {
    return this.#reception.options.decide !== undefined
  }

  /**
   * What a readiness probe asks: false as soon as `close()` is called, on this endpoint or on what it is used through (`server.close()` alone
   * does not count). With `readinessDelay`, upgrades are accepted for so long after that.
   */
  get isReady(): boolean {
    return this.#closed === undefined
  }

  /**
   * All connections whose TCP lives, closing ones included; safe to change while it is iterated. Those that have yet to authenticate
   * (`authenticateWithin`) are not among them, and what takes an id does not find them.
   */
  get connections(): Connections<Connection<Data>> {
    return this.#host.connections
  }

  /** Adds a handler. Several of one event run in the order in which they were added, each awaited if it is asynchronous. */
  on<Event extends EndpointEvent>(event: Event, handler: EndpointEvents<Data>[Event]): this {
    if (typeof handler !== 'function') throw new UsageError('WS_ERR_HANDLER', `the handler of '${event}' must be a function`)
    this.#host.handlers.add(event, handler)
    return this
  }

  off<Event extends EndpointEvent>(event: Event, handler: EndpointEvents<Data>[Event]): this {
    this.#host.handlers.remove(event, handler)
    return this
  }

  /**
   * For layers on top, such as @tocsin/events: sees every message on its arrival, before it waits for its turn, and takes
   * those for which it returns true. An answer thus reaches a handler that waits for it, although that handler holds
   * back the messages behind its own. @throws UsageError `WS_ERR_INTERCEPTED` for a second one
   */
  intercept(interceptor: MessageInterceptor<Connection<Data>>): this {
    if (this.#host.interceptor !== undefined) throw new UsageError('WS_ERR_INTERCEPTED', 'this endpoint has an interceptor already')
    this.#host.interceptor = interceptor
    return this
  }

  /** For layers on top: tells the `error` handlers, or stderr, of an error that shall not close the connection. */
  reportError(error: unknown, connection?: Connection<Data>): void {
    this.#host.onHandlerError(error, connection)
  }

  /**
   * Takes the upgrades of an HTTP or HTTPS server.
   * @throws UsageError `WS_ERR_PATH_TAKEN`, `WS_ERR_LIMITS_CONFLICT`, or for a limit out of range
   */
  attach(server: UpgradeServer, { path, ...limits }: AttachOptions = {}): this {
    this.#detach.push(...this.#reception.attach(server, path, limits))
    return this
  }

  /**
   * Listens on a port of its own: WebSockets on every path; plain requests go to the `request` handlers, or get a 400.
   * @param port @default 0, any free one
   * @param where the host, by default all interfaces; or the host and limits
   */
  listen(port = 0, where: string | ListenOptions = {}): Promise<AddressInfo> {
    if (this.#listening?.isInUse === true) throw new UsageError('WS_ERR_LISTENING', 'this endpoint listens already')
    if (this.#closed !== undefined) throw new UsageError('WS_ERR_CLOSING', 'this endpoint is closed')
    const { host, ...limits } = typeof where === 'string' ? { host: where } : where
    this.#listening ??= this.#makeServer()
    this.#unlimit?.()
    this.#unlimit = limitServer(this.#listening.server, limits)
    return this.#listening.listen(port, host)
  }

  #makeServer(): ListeningServer {
    const made = new ListeningServer((request, response) => this.#onRequest(request, response), (error) => this.reportError(error))
    this.attach(made.server)
    return made
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    if (this.#host.handlers.has('request')) return void this.#handleRequest(request, response)
    response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' }).end('This server speaks WebSocket only.\n')
    this.#refused(request, { status: 400, code: 'WS_ERR_PLAIN_REQUEST', reason: 'a plain HTTP request', error: undefined })
  }

  async #handleRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const wentWell = await this.#host.announce('request', request, response)
    if (wentWell || response.writableEnded) return
    if (response.headersSent) response.destroy() // half an answer is out: only the end of TCP can say so
    else answerPlainly(response, { status: 500 })
  }

  #refused(request: IncomingMessage, refusal: Refusal): null {
    this.#reception.onRefused(request, refusal)
    return null
  }

  /**
   * Upgrades the request of a framework's route that was dispatched here (`dispatchUpgrades`, or an adapter's `attach`).
   * The response is led through `writeHead(101)` and `end()`. A plain request is answered 426.
   * @returns the connection, after its synchronous `open` handlers; null when it was refused or the peer has gone, which
   *   the `refused` event explains
   * @throws UsageError when the request was upgraded before, or `data` is passed to an endpoint with an `upgrade` hook
   */
  async upgrade(request: IncomingMessage, response: ServerResponse, options: UpgradeOptions<Data> = {}): Promise<Connection<Data> | null> {
    if (pendingUpgradeOf(request) === undefined) return this.#refused(request, this.#undispatched.refuse(request, response, options))
    const { data, view, remedy: _remedy, respond, id, ...accept } = options
    if (this.hasUpgradeHook && ('data' in options || accept.headers !== undefined || accept.subprotocol !== undefined)) throw dataAndHook()
    const decide = this.hasUpgradeHook ? undefined : () => new Decision<Data>({ kind: 'accept', data: data as Data, options: accept, firesOpen: true })
    return this.#reception.admit(request, response, { decide, view, respond, id })
  }

  /**
   * Sends a message to every established connection, framed once, and deflated once for each set of parameters among them.
   * @returns how many connections of this process accepted it
   */
  broadcast(data: Payload, options: MessageOptions<Data> = {}): number {
    return this.#deliver(this.connections, data, options)
  }

  /** Sends a message to every subscriber of a topic, framed once. @returns how many connections of this process accepted it */
  publish(topic: string, data: Payload, options: MessageOptions<Data> = {}): number {
    return this.#deliver(this.#host.topics.membersOf(topic), data, options)
  }

  #deliver(receivers: Seating<Connection<Data>>, data: Payload, options: MessageOptions<Data>): number {
    const message = new SharedMessage(this.#host.runtime, data, options)
    return deliver(receivers, (connection) => connection.sendShared(message), options)
  }

  /** A topic as a thing: iterable, size, publish, disconnect. */
  topic(name: string): Topic<Data> {
    return new Topic(name, { membersOf: (topic) => this.#host.topics.membersOf(topic), publish: (...message) => this.publish(...message) })
  }

  /**
   * Sends to one connection of this process: data, or a frame as it is.
   * @returns false when there is no such connection, it is not open, too much waits for it (`slowConsumer`), or
   *   the opcode is not one of RFC 6455 §5.2; `connectionInfo` and `stats` tell which
   */
  push(id: string, data: Payload | Frame, options: PushOptions = {}): boolean {
    const connection = this.connections.get(id)
    const { opcode, fin = true, compress, key } = options
    if (connection?.isEstablished !== true || (opcode !== undefined && !isOpcode(opcode))) {
      this.#host.counters.sendsRefused++
      return false
    }
    if (data instanceof Frame) return connection.sendFrame(data)
    return opcode === undefined ? connection.send(data, { fin, compress, key }) : connection.sendFrame(new Frame({ opcode, payload: data, fin }), { compress, key })
  }

  /** Starts the closing handshake with one connection of this process. @returns false when there is none, or it is closing already */
  disconnect(id: string, code?: number, reason?: string): boolean {
    return this.connections.get(id)?.close(code, reason) ?? false
  }

  /** Whether its TCP connection lives. */
  exists(id: string): boolean {
    return this.connections.has(id)
  }

  /** Whether its handshake has finished and closing has not begun. */
  isEstablished(id: string): boolean {
    return this.connections.get(id)?.isEstablished ?? false
  }

  connectionInfo(id: string): ConnectionInfo | undefined {
    return this.connections.get(id)?.info
  }

  stats(): EndpointStats {
    const { connections, unauthenticated, topics, counters } = this.#host
    const { pendingHandshakes } = this.#reception
    return { connections: connections.size, unauthenticated, pendingHandshakes, topics: topics.size, ...counters }
  }

  /**
   * Ends it: it is not ready any more (`isReady`), and after `readinessDelay` no upgrade is accepted (503). Every connection gets Close, within
   * `spread` and after what was accepted for sending before; `close` handlers are awaited, and at the deadline TCP is cut.
   * @returns resolves when all is over, at the deadline at the latest; the first call's options count
   * @throws UsageError for options out of range
   */
  close(options: CloseOptions = {}): Promise<void> {
    return (this.#closed ??= this.#close(resolveCloseOptions(options)))
  }

  async #close({ readinessDelay, deadline, ...order }: ResolvedCloseOptions): Promise<void> {
    const { clock } = this.runtime
    const endsAt = clock.now() + readinessDelay + deadline
    this.#reception.unwatch()
    if (readinessDelay > 0) await elapsed(this.runtime, readinessDelay)
    const options = { ...order, deadline: endsAt - clock.now(), readinessDelay: 0 }
    const connectionsClosed = this.#reception.close(options)
    const serverClosed = this.#listening?.close(this.runtime, options)
    await connectionsClosed
    for (const detach of this.#detach) detach()
    await serverClosed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
