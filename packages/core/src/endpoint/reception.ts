// The door of an endpoint: upgrades come in from attached servers and from routes of frameworks, connections come out.
// Knows pending handshakes and the servers they come from; what connections do is the host's.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Compression } from '../compression/compression.js'
import type { CompressionParameters } from '../compression/parameters.js'
import { Connection, WIRE } from '../connection/connection.js'
import { SEAT } from '../connection/seat.js'
import { requestViewOf } from '../dispatcher/request-view.js'
import { diagnostics } from '../diagnostics.js'
import { pendingUpgradeOf } from '../dispatcher/routed-upgrade.js'
import type { ServerLimits } from '../dispatcher/server-limits.js'
import { limitServer, upgradeDispatcher } from '../dispatcher/upgrade-dispatcher.js'
import type { UpgradeServer } from '../dispatcher/upgrade-server.js'
import { serializeExtension } from '../handshake/extensions.js'
import type { RequestView } from '../handshake/origin.js'
import { UsageError } from '../protocol/errors.js'
import { Members } from '../registry/members.js'
import { type Answer, DirectAnswer, type Respond, RoutedAnswer } from './answer.js'
import { type CloseOptions, type ResolvedCloseOptions, resolveCloseOptions } from './close-options.js'
import type { EndpointHost } from './connection-host.js'
import type { Decision } from './decision.js'
import type { Refusal } from './events.js'
import type { Handshake } from './handshake.js'
import { type Opened, Opening, type OpeningOwner } from './opening.js'
import type { ResolvedOptions } from './options.js'
import { OriginWarning } from './origin-warning.js'
import { closingDown, noHandlers } from './refusing.js'
import { type FrameworkView, overlayView } from './framework-view.js'

type Decide<Data> = (handshake: Handshake) => Decision<Data> | Promise<Decision<Data>>

/** What a route says about the upgrade that it leads here. */
interface Admission<Data> {
  readonly decide: Decide<Data> | undefined
  readonly view: FrameworkView | undefined
  readonly respond: Respond | undefined
  readonly id: string | undefined
}

export class Reception<Data> implements OpeningOwner<Data> {
  readonly options: ResolvedOptions<Data>
  readonly #host: EndpointHost<Data>
  /** Those that wait for a hook or a framework. */
  readonly #pending = new Members<Opening<Data>>()
  readonly #origins = new OriginWarning()
  /** The servers that tell us when they close, and how they stop doing so. */
  readonly #watched = new Map<UpgradeServer, () => void>()
  readonly #closeEndpoint: (options: CloseOptions) => Promise<void>
  #isClosing = false

  constructor(options: ResolvedOptions<Data>, host: EndpointHost<Data>, closeEndpoint: (options: CloseOptions) => Promise<void>) {
    this.options = options
    this.#host = host
    this.#closeEndpoint = closeEndpoint
  }

  get pendingHandshakes(): number {
    return this.#pending.size
  }

  /** Takes the upgrades of a server, of one path or of all. @returns what stops doing so, and takes the limits back */
  attach(server: UpgradeServer, path: string | undefined, limits: ServerLimits): (() => void)[] {
    const trustedProxies = this.options.declaredProxies.concat(limits.trustedProxies ?? [])
    const unlimit = limitServer(server, { ...this.options, ...limits, trustedProxies })
    try {
      const detach = this.#attach(server, path)
      this.#watch(server)
      return [detach, unlimit]
    } catch (error) {
      unlimit()
      throw error
    }
  }

  #attach(server: UpgradeServer, path: string | undefined): () => void {
    return upgradeDispatcher(server, this.options).attach(path, (upgrade) => {
      upgrade.claim()
      const view = requestViewOf(upgrade.request, this.options.trustedProxies)
      new Opening(this, { answer: new DirectAnswer(upgrade), view }).run(this.#decideAlone)
      return true
    })
  }

  /** Takes one upgrade that a route of a framework leads here. Resolves with null when it came to nothing. */
  admit(request: IncomingMessage, response: ServerResponse, admission: Admission<Data>): Promise<Connection<Data> | null> {
    const upgrade = pendingUpgradeOf(request)
    if (upgrade === undefined) throw new UsageError('WS_ERR_NOT_DISPATCHED', 'no upgrade is pending for this request')
    const { decide = this.#decideAlone, respond, id } = admission
    if (!upgrade.isClaimed && id !== undefined) this.#assertFree(id)
    upgrade.claim()
    this.#watch(upgrade.server)
    const view = overlayView(requestViewOf(request, this.options.trustedProxies), admission.view)
    return new Promise((resolve) => {
      new Opening(this, { answer: new RoutedAnswer(upgrade, response, respond), view, expectation: { id, resolve } }).run(decide)
    })
  }

  #assertFree(id: string): void {
    if (this.#host.connections.has(id)) throw new UsageError('WS_ERR_ID_TAKEN', `there is a connection ${id} already`)
  }

  /** By the hook; without one, everybody who has come this far. */
  readonly #decideAlone: Decide<Data> = (handshake) => {
    // Never `?? accept()`: a hook that forgets to return its refusal must not let anybody in.
    return this.options.decide === undefined ? (handshake.accept() as Decision<never>) : this.options.decide(handshake)
  }

  assertOpen({ upgrade }: Answer): void {
    if (this.#isClosing || this.#isClosed(upgrade.server)) throw closingDown()
    const { handlers } = this.#host
    if (!this.options.pushOnly && !handlers.has('message') && !handlers.has('open')) throw noHandlers()
  }

  onOpened(opened: Opened<Data>): Connection<Data> {
    const { id, stream, data, subprotocol, remoteAddress, request } = opened
    const { extension, parameters } = opened.compression ?? {}
    const compression = parameters && this.#compressionFor(parameters)
    const extensions = extension && serializeExtension(extension)
    const connection = new Connection<Data>({ host: this.#host, id, stream, data, subprotocol, remoteAddress, extensions, compression })
    const wire = connection[WIRE]
    wire.sendResponse(opened.response)
    this.#host.onEstablished(connection, opened.server)
    wire.start(opened.early, opened.firesOpen ? () => this.#host.dispatchOpen(connection, request) : undefined)
    return connection
  }

  #compressionFor(parameters: CompressionParameters): Compression {
    const { runtime, maxMessageSize, compression: policy } = this.options
    return new Compression({ pool: runtime.zlib, parameters, policy: policy!, role: 'server', maxMessageSize, counters: this.#host.counters })
  }

  onRefused(request: IncomingMessage, refusal: Refusal): void {
    this.#host.counters.refused++
    if (diagnostics.refused.hasSubscribers) {
      const { status, code, reason } = refusal
      diagnostics.refused.publish({ request, endpoint: this.options.name, status, code, reason })
    }
    void this.#host.announce('refused', request, refusal)
  }

  onFault(error: unknown): void {
    this.#host.onHandlerError(error, undefined)
  }

  warnOfOrigin(request: IncomingMessage, view: RequestView): void {
    this.#origins.warn(this.options.name, request.headers.origin, view.host)
  }

  onPending(opening: Opening<Data>): void {
    this.#pending.add(opening)
  }

  onOver(opening: Opening<Data>): void {
    if (this.#pending.delete(opening)) opening[SEAT].vacate()
  }

  #watch(server: UpgradeServer): void {
    if (this.#isClosing || this.#watched.has(server)) return
    const dispatcher = upgradeDispatcher(server, this.options)
    this.#watched.set(server, dispatcher.onServerClose((options) => (options ? this.#closeEndpoint(options) : this.#drain(server))))
  }

  #isClosed(server: UpgradeServer): boolean {
    return this.options.drainOnServerClose && upgradeDispatcher(server, this.options).isClosed
  }

  /** `httpServer.close()` waits for upgraded sockets, but ends none of them: so we end ours. */
  #drain(server: UpgradeServer): Promise<void> | undefined {
    if (!this.options.drainOnServerClose) return
    const options = resolveCloseOptions({ deadline: this.options.closeTimeout })
    return this.#host.lingering.close(this.#host.runtime, options, (_connection, origin) => origin === server)
  }

  /** From now on its servers may end as they like. */
  unwatch(): void {
    for (const unwatch of this.#watched.values()) unwatch()
    this.#watched.clear()
  }

  /** Lets nobody in any more, and ends all connections. */
  close(options: ResolvedCloseOptions): Promise<void> {
    this.#isClosing = true
    for (const opening of this.#pending) opening.refuse(closingDown())
    this.unwatch()
    return this.#host.lingering.close(this.#host.runtime, options, () => true)
  }
}
