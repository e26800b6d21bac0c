// Puts Tocsin into a Fastify application: its routing, its hooks, its shutdown. Knows Fastify's stages, nothing of WebSockets.
import {
  type CloseOptions,
  type Connection,
  dispatchUpgrades,
  type DispatchUpgradesOptions,
  isUpgradePending,
  leaveToOthers,
  resolveCloseOptions,
} from '@tocsin/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { concealErrors } from './conceal-errors.js'
import { nameConnection } from './connection-id.js'
import { type InjectWS, injectWS } from './inject-ws.js'
import { type AnyEndpoint, type DataOf, upgrade, type UpgradeData } from './upgrade.js'

/**
 * `ignore(request)` keeps requests out of the application and its hooks. `deadline` (10 s), `code` (1001), `reason`, `spread` and
 * `readinessDelay` are for `fastify.tocsin.drain()` and `fastify.close()`. Where the plug-in is registered more than once, the options of the first registration count.
 */
export interface WebSocketPluginOptions extends DispatchUpgradesOptions, CloseOptions {}

/** The WebSockets of an application, and their end. */
export interface Draining {
  /** What a readiness route asks: false as soon as `drain()` or `fastify.close()` is called. */
  readonly isReady: boolean
  /**
   * Ends the WebSockets, while plain requests are answered as ever: to be awaited before `fastify.close()` where a `readinessDelay` is wanted,
   * because Fastify itself refuses everything from the first moment of its `close()`. The first call counts.
   * @returns resolves when the connections and their `close` handlers are done, at the deadline at the latest
   */
  drain(): Promise<void>
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whether `reply.upgrade()` can make a WebSocket of this request. */
    readonly isUpgrade: boolean
  }
  interface FastifyReply {
    /**
     * Makes a WebSocket of this request, after every hook that runs before a reply is sent: `onSend` included, so that its header fields
     * and cookies are on the 101. Await or return it.
     *
     * @param data becomes `connection.data`; an endpoint with an `upgrade` hook of its own takes none
     * @returns the connection, after its synchronous `open` handlers; null when it was refused (then the reply is sent: 426 for a plain
     *   request) or the peer has gone. Does not reject: what was used wrongly goes to the error handler.
     */
    upgrade<Endpoint extends AnyEndpoint>(endpoint: Endpoint, ...data: UpgradeData<Endpoint>): Promise<Connection<DataOf<Endpoint>> | null>
  }
  interface FastifyInstance {
    readonly tocsin: Draining
    /**
     * Opens a WebSocket to this application without a port, as `inject()` sends a request. Needs the package @tocsin/testing.
     *
     * @param path with its query @default '/'
     * @throws UpgradeRefusedError with `status`, `headers` and `body`
     */
    injectWS: InjectWS
  }
}

/** Register it on the root instance, and routes anywhere can `reply.upgrade(endpoint, data)`. */
export const websocket = fastifyPlugin(install, { fastify: '5.x', name: '@tocsin/fastify' })

async function install(fastify: FastifyInstance, options: WebSocketPluginOptions): Promise<void> {
  const order = resolveCloseOptions(options)
  if (fastify.hasReplyDecorator('upgrade')) return
  fastify.decorateRequest('isUpgrade', { getter(this: FastifyRequest) { return isUpgradePending(this.raw) } })
  fastify.decorateReply('upgrade', upgrade)
  // @fastify/websocket has one too; while an application moves from there, both may be registered
  if (!fastify.hasDecorator('injectWS')) fastify.decorate('injectWS', injectWS)
  addHooks(fastify)
  const onError = (err: unknown): void => fastify.log.error({ err }, 'an upgrade failed outside of its route')
  const dispatching = dispatchUpgrades(fastify.server, fastify.routing, { onError, ...options })
  fastify.decorate('tocsin', { get isReady() { return dispatching.isReady }, drain: () => dispatching.drain(order) })
  // Nobody is answered any more, but 503: a delay would be in vain
  fastify.addHook('preClose', () => dispatching.drain({ ...order, readinessDelay: 0 }))
}

function addHooks(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    // Before hooks that would refuse who has no business here: the path may be another library's
    if (request.isUpgrade && request.is404 && leaveToOthers(request.raw)) return void reply.hijack()
    if (request.isUpgrade) nameConnection(request, reply)
    done()
  })
  concealErrors(fastify)
}
