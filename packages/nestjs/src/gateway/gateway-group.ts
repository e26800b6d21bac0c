// The gateways that share a path and a port, and the endpoint they share: leads its events to what Nest has bound. Knows no HTTP.
import type { Logger } from '@nestjs/common'
import { type Connection, UsageError } from '@tocsin/core'
import type { IncomingMessage } from 'node:http'
import { describeError } from '../message/error-report.js'
import { Exchange, type Manner, unknownEvent } from '../message/exchange.js'
import { jsonFormat } from '../message/json-format.js'
import type { GatewayMessage } from '../message/message-format.js'
import { feedsOf, type FoundGateway, loggerOf } from './found-gateway.js'
import { encode, GatewayEndpoint, type Sendable } from './gateway-endpoint.js'
import type { AnyEndpoint, GatewayDefaults, GatewayOptions } from './gateway-options.js'
import type { GroupContext } from './group-context.js'
import { Session } from './session.js'
import { type HookName, isScoped, scopedHook } from './tracked-hooks.js'

/** Nest's own part of a new connection: runs handleConnection of all gateways, and binds the handlers of one. */
type OnConnection = (connection: Connection, request: IncomingMessage) => void

/** Marked on the request itself: a WeakSet keeps more, and for longer, where connections come and go. */
const GROUP: unique symbol = Symbol('tocsin.gateway-group')
type Admitted = IncomingMessage & { [GROUP]?: GatewayGroup | undefined }

export class GatewayGroup {
  readonly gateways: readonly FoundGateway[]
  readonly path: string
  readonly port: number
  readonly endpoint: AnyEndpoint
  readonly #context: GroupContext
  readonly #manner: Manner
  readonly #isFeed: (event: string) => boolean
  readonly #onConnection: OnConnection[] = []
  #takesMessages = false

  constructor(gateways: readonly [FoundGateway, ...FoundGateway[]], context: GroupContext) {
    const [first] = gateways
    const options = mergedOptions(gateways, context.defaults)
    const logger = loggerOf(first)
    this.gateways = gateways
    this.#context = context
    this.path = pathOf(first)
    this.port = first.port
    const handleGlobally: Manner['handleGlobally'] = (exception, host) => context.handleGlobally(exception, host)
    this.#manner = { format: jsonFormat, describeError, ...defined(options), logger, handleGlobally }
    this.#isFeed = feedCheck(gateways, context)
    this.endpoint = options.endpoint ?? createEndpoint({ name: first.type.name, ...options }, this.#manner)
    this.#listen(logger)
  }

  #listen(logger: Logger): void {
    this.endpoint
      .on('open', (connection: Connection, request) => this.#open(connection, request))
      .on('close', (connection: Connection, { code }) => this.#close(connection, code))
      .on('error', (error) => logger.error(error))
  }

  /** What becomes of this request is this group's: an endpoint may have several. */
  admit(request: Admitted): void {
    request[GROUP] = this
  }

  /** All of Nest's parts at once: it tells by the order of calls which connections it has seen. */
  #open(connection: Connection, request: Admitted): Promise<unknown> | undefined {
    if (request[GROUP] !== this) return
    request[GROUP] = undefined
    const session = new Session(connection, this, this.#isFeed)
    for (const onConnection of this.#onConnection) onConnection(connection, request)
    if (session.handlers.size > 0) this.#takeMessages()
    return Promise.all([...session.takeHooks(), ...this.#scopedHooks('handleConnection', [connection, request])])
  }

  /** With the code, as the stock adapter for plain WebSockets has it. */
  #close(connection: Connection, code: number): Promise<unknown> | undefined {
    const session = Session.of(connection, this)
    if (session === undefined) return
    session.disconnect(code)
    return Promise.all([...session.takeHooks(), ...this.#scopedHooks('handleDisconnect', [connection, code])])
  }

  #scopedHooks(name: HookName, values: [connection: Connection, ...rest: unknown[]]): Promise<unknown>[] {
    return this.gateways.filter(isScoped).map(async (gateway) => {
      const hook = scopedHook(gateway, name)
      return hook?.apply(await this.#context.resolve(gateway, values[0]), values)
    })
  }

  /** Whether Nest has connected all of its gateways. */
  get isComplete(): boolean {
    return this.#onConnection.length === this.gateways.length
  }

  addConnectionCallback(callback: OnConnection): void {
    this.#onConnection.push(callback)
  }

  /** From the first handler on; an endpoint of the application's own may have its own ways with messages. */
  #takeMessages(): void {
    if (this.#takesMessages) return
    this.#takesMessages = true
    this.endpoint.on('message', (connection: Connection, message) => this.#onMessage(connection, message))
  }

  #onMessage(connection: Connection, message: string | Buffer): Promise<unknown> | void {
    const session = Session.of(connection, this)
    if (session === undefined) return
    let parsed: GatewayMessage
    try {
      parsed = this.#manner.format.parse(message)
    } catch (error) {
      return new Exchange(connection, this.#manner).refuse(error)
    }
    const { event, data, id } = parsed
    const exchange = new Exchange(connection, this.#manner, id)
    return session.handlers.run(event, data, exchange) ?? exchange.fail(unknownEvent())
  }

  broadcast(message: Sendable): number {
    return this.endpoint.broadcast(encode(message, this.#manner.format))
  }

  publish(topic: string, message: Sendable): number {
    return this.endpoint.publish(topic, encode(message, this.#manner.format))
  }
}

/** An empty path and none are the same. */
export function pathOf({ options }: Pick<FoundGateway, 'options'>): string {
  return `/${(options.path ?? '').replace(/^\/+/, '')}`
}

function createEndpoint(options: GatewayOptions, { format }: Manner): GatewayEndpoint {
  const { path: _path, format: _format, describeError: _describe, endpoint: _endpoint, ...endpointOptions } = options
  return new GatewayEndpoint(endpointOptions, format)
}

function mergedOptions(gateways: readonly FoundGateway[], defaults: GatewayDefaults): GatewayOptions {
  if (gateways.some(({ options }) => 'namespace' in options)) {
    throw new UsageError('WS_ERR_NAMESPACE', `namespaces are Socket.IO's: give ${names(gateways)} a path`)
  }
  const endpoints = new Set(gateways.map(({ options }) => options.endpoint).filter((endpoint) => endpoint !== undefined))
  if (endpoints.size > 1) throw new UsageError('WS_ERR_TWO_ENDPOINTS', `${names(gateways)} share a path and bring an endpoint each`)
  return Object.assign({}, defaults, ...gateways.map(({ options }) => options)) as GatewayOptions
}

function names(gateways: readonly FoundGateway[]): string {
  return gateways.map(({ type }) => type.name).join(', ')
}

function defined({ format, describeError: describe }: GatewayOptions): Partial<Pick<Manner, 'format' | 'describeError'>> {
  return { ...(format === undefined ? {} : { format }), ...(describe === undefined ? {} : { describeError: describe }) }
}

/** Without interceptors, an observable is what a handler itself returned; with them, everything is one. */
function feedCheck(gateways: readonly FoundGateway[], context: GroupContext): (event: string) => boolean {
  const feeds = new Set(gateways.flatMap(feedsOf))
  const isIntercepted = context.isIntercepted(gateways)
  return (event) => !isIntercepted || feeds.has(event)
}
