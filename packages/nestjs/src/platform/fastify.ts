// Upgrades on platform-fastify. Knows how Fastify routes, replies, and sees a request behind a proxy.
import type { HttpServer as HttpAdapter } from '@nestjs/common'
import type { FrameworkView, RequestHandler } from '@tocsin/core'
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

interface Reply {
  readonly raw: ServerResponse
  getHeaders(): Record<string, number | string | string[] | undefined>
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

function visitOf(request: Request, response: Reply): UpgradeVisit {
  const raw = { request: request.raw, response: response.raw }
  return { request, response, next: undefined, raw, view: viewOf(request), takeResponse: () => takeResponse(response) }
}

/** Fastify keeps header fields to itself until it sends. */
function takeResponse(reply: Reply): void {
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
  reply.hijack()
}

function viewOf({ ip, ips, host, protocol, raw }: Request): FrameworkView | undefined {
  if (ips === undefined) return undefined
  const isProtocolKnown = protocol === 'https' || raw.headers['x-forwarded-proto'] !== undefined
  return { remoteAddress: ip, host, protocol: isProtocolKnown ? protocol : undefined }
}
