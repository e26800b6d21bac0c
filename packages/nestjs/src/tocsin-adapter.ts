// Nest's WebSocketAdapter on Tocsin: gateways get endpoints, upgrades go through the application, Nest's callbacks get connections.
// Only passes on.
import type { INestApplication, Type, WebSocketAdapter, WsMessageHandler } from '@nestjs/common'
import { ModulesContainer } from '@nestjs/core'
import { CloseCode, type Connection, type Dispatching, dispatchUpgrades, resolveCloseOptions, type ResolvedCloseOptions, type UpgradeServer } from '@tocsin/core'
import type { Observable } from 'rxjs'
import { ApplicationView } from './gateway/application-view.js'
import { findGateways, type FoundGateway } from './gateway/found-gateway.js'
import { GatewayGroup, pathOf } from './gateway/gateway-group.js'
import type { AnyEndpoint, GatewayOptions, TocsinOptions } from './gateway/gateway-options.js'
import { Session } from './gateway/session.js'
import { trackHooks } from './gateway/tracked-hooks.js'
import { addLastFilter } from './message/last-filter.js'
import { dispatchOptions } from './platform/dispatch-options.js'
import { marked, OwnPorts } from './platform/own-ports.js'
import type { Platform } from './platform/platform.js'
import { platformOf } from './platform/platform-of.js'
import { followRoutes } from './platform/route-order.js'
import { Tocsin } from './module/tocsin.js'
import { TOCSIN_OPTIONS } from './module/options-token.js'
import { upgradeRoute } from './upgrade/upgrade-route.js'

// oxlint-disable-next-line typescript/no-unsafe-function-type -- Nest's type
type Callback = (...values: unknown[]) => void

/**
 * `app.useWebSocketAdapter(new TocsinAdapter(app))`, before `app.listen()`. Gateways, message handlers, guards, pipes, interceptors and
 * filters are Nest's own; the upgrade of each gateway is a route of the application.
 */
export class TocsinAdapter implements WebSocketAdapter<AnyEndpoint, Connection> {
  /** Set by Nest. Connections always get a closing handshake, within the deadline. */
  forceCloseConnections = false
  readonly #app: INestApplication
  readonly #options: TocsinOptions
  readonly #order: ResolvedCloseOptions
  readonly #groups: readonly GatewayGroup[]
  readonly #platform: Platform
  readonly #ports: OwnPorts
  #dispatching: Dispatching | undefined
  #isStarted = false
  #isEnding = false
  #latest: GatewayGroup | undefined

  /**
   * @param options what `TocsinModule.forRoot()` says, where that module is not used; both may be, and these win
   * @throws UsageError for an option out of range, for gateways on one path that contradict each other, or on another platform
   */
  constructor(app: INestApplication, options: TocsinOptions = {}) {
    this.#app = app
    const modules = app.get(ModulesContainer, { strict: false })
    this.#options = { ...provided<TocsinOptions>(modules, TOCSIN_OPTIONS), ...options }
    this.#order = resolveCloseOptions(this.#options)
    this.#platform = platformOf(app.getHttpAdapter())
    this.#ports = new OwnPorts(this.#platform, dispatchOptions(this.#options))
    this.#groups = this.#findGroups(findGateways(modules))
    provided(modules, Tocsin)?.adopt(this.#groups, () => this.isReady)
  }

  /** What a readiness route asks: false as soon as `app.close()` has come to the WebSockets, `readinessDelay` before any is refused. */
  get isReady(): boolean {
    return !this.#isEnding
  }

  #findGroups(gateways: readonly FoundGateway[]): GatewayGroup[] {
    const { code: _code, reason: _reason, deadline: _deadline, spread: _spread, readinessDelay: _delay, ...rest } = this.#options
    const { ignore: _ignore, globalFilters = false, ...defaults } = rest
    const view = new ApplicationView(this.#app, { defaults, globalFilters })
    for (const gateway of gateways) {
      trackHooks(gateway)
      addLastFilter(gateway.type)
    }
    return grouped(gateways).map((group) => new GatewayGroup(group, view))
  }

  /** The endpoint of the gateways on this path and port. */
  create(port: number, options: GatewayOptions = {}): AnyEndpoint {
    this.#start()
    this.#latest = this.#groups.find((group) => group.port === port && group.path === pathOf({ options }))
    return this.#latest!.endpoint
  }

  #start(): void {
    if (this.#isStarted) return
    this.#isStarted = true
    const routes = this.#groups.map((group) => upgradeRoute(this.#app, group))
    const own = this.#groups.filter(({ port }) => port !== 0)
    const server = this.#app.getHttpServer() as UpgradeServer
    if (own.length < routes.length) this.#dispatching = dispatchUpgrades(server, marked(this.#platform, 0), dispatchOptions(this.#options))
    followRoutes(this.#app.getHttpAdapter(), {
      beforeRoutes: () => { for (const route of routes) this.#platform.addUpgrade(route) },
      behindRoutes: () => {
        for (const route of routes) if (route.port === 0) this.#platform.addPlain(route)
        for (const { port, endpoint } of own) this.#ports.listen(port, (request, response) => endpoint.upgrade(request, response))
      },
    })
  }

  bindClientConnect(endpoint: AnyEndpoint, callback: Callback): void {
    // One endpoint may serve several paths. Nest connects a gateway right after it has created its server
    const candidates = [this.#latest, ...this.#groups].filter((group) => group?.endpoint === endpoint && !group.isComplete)
    candidates[0]?.addConnectionCallback(callback)
  }

  bindClientDisconnect(connection: Connection, callback: Callback): void {
    Session.on(connection).addDisconnect(callback)
  }

  bindMessageHandlers(connection: Connection, handlers: WsMessageHandler[], transform: (data: unknown) => Observable<unknown>): void {
    Session.on(connection).addHandlers(handlers, transform)
  }

  /** Nest sends away who comes before the application is ready. */
  closeClient(connection: Connection): void {
    connection.close(CloseCode.TryAgainLater)
  }

  /** Nest closes one endpoint after the other; all of them have one deadline, in `dispose()`. */
  async close(): Promise<void> {}

  /** Every connection gets Close, what was accepted for sending goes out first, and at the deadline TCP is cut. The HTTP server ends after that. */
  async dispose(): Promise<void> {
    this.#isEnding = true
    await Promise.all([this.#dispatching?.drain(this.#order), this.#ports.close(this.#order)])
  }
}

/** Undefined where no module provides it: `app.get()` would end the process then. */
function provided<Value>(modules: ModulesContainer, token: symbol | Type<Value>): Value | undefined {
  const instances = [...modules.values()].map(({ providers }) => providers.get(token)?.instance as Value | undefined)
  return instances.find((instance) => instance !== undefined)
}

/** Gateways on one path and port share an endpoint. */
function grouped(gateways: readonly FoundGateway[]): [FoundGateway, ...FoundGateway[]][] {
  const groups = new Map<string, [FoundGateway, ...FoundGateway[]]>()
  for (const gateway of gateways) {
    const address = `${gateway.port} ${pathOf(gateway)}`
    const group = groups.get(address)
    if (group === undefined) groups.set(address, [gateway])
    else group.push(gateway)
  }
  return [...groups.values()]
}
