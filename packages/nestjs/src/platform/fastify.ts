// Upgrades on platform-fastify. Knows how Fastify routes, replies, and sees a request behind a proxy.
import type { HttpServer as HttpAdapter } from '@nestjs/common'
import type { FrameworkView, RequestHandler, Respond } from '@tocsin/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Platform, UpgradeRoute, UpgradeVisit } from './platform.js'
import { upgradePortOf } from './port-mark.js'

interface Request {
  readonly raw: IncomingMessage
  readonly ip: string
  /** Only where Fastify trusts a proxy. */
  readonly ips?: readonly string[]
  readonly host: string
  readonly protocol: string
}

interface Reply extends PromiseLike<void> {
  readonly raw: ServerResponse
  code(status: number): this
  headers(values: object): this
  send(body: unknown): this
  hijack(): void
}

interface Instance {
  routing(request: IncomingMessage, response: ServerResponse): void
  hasRoute(route: { method: string; url: string }): boolean
  addConstraintStrategy(strategy: object): void
  route(options: object): void
}

/** The constraint that keeps an upgrade and a page on one path apart. */
const CONSTRAINT = 'tocsin'

export class FastifyPlatform implements Platform {
  readonly handler: RequestHandler
  readonly #fastify: Instance

  constructor(http: HttpAdapter) {
    const fastify = http.getInstance() as Instance
    fastify.addConstraintStrategy({ name: CONSTRAINT, storage: () => new Map(), validate() {}, deriveConstraint: upgradePortOf })
    this.#fastify = fastify
    this.handler = (request, response) => fastify.routing(request, response)
  }

  addUpgrade(route: UpgradeRoute): void {
    this.#add(route, { constraints: { [CONSTRAINT]: route.port } })
  }

  addPlain(route: UpgradeRoute): void {
    if (!this.#fastify.hasRoute({ method: 'GET', url: route.path })) this.#add(route, {})
  }

  #add(route: UpgradeRoute, options: object): void {
    const handler = (request: Request, reply: Reply): Promise<void> => route.handle(visitOf(request, reply))
    this.#fastify.route({ method: 'GET', url: route.path, handler, exposeHeadRoute: false, ...options })
  }
}

function visitOf(request: Request, reply: Reply): UpgradeVisit {
  const raw = { request: request.raw, response: reply.raw }
  const respond: Respond = ({ status, headers, body }) => { reply.code(status).headers(headers).send(body) }
  const common = { request, response: reply, next: undefined, raw, view: viewOf(request) }
  return { ...common, respond, finish: (connection) => finish(reply, connection) }
}

/** Fastify sends what a handler returns, unless it knows that the reply is somebody else's business or done. */
async function finish(reply: Reply, connection: object | null): Promise<void> {
  if (connection === null) await reply
  reply.hijack()
}

function viewOf({ ip, ips, host, protocol, raw }: Request): FrameworkView | undefined {
  if (ips === undefined) return undefined
  const isProtocolKnown = protocol === 'https' || raw.headers['x-forwarded-proto'] !== undefined
  return { remoteAddress: ip, host, protocol: isProtocolKnown ? protocol : undefined }
}
