// Upgrades on platform-express. Knows how Express passes requests and errors on, and how it sees a request behind a proxy.
import type { HttpServer as HttpAdapter } from '@nestjs/common'
import type { FrameworkView, RequestHandler } from '@tocsin/core'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Platform, UpgradeRoute, UpgradeVisit } from './platform.js'
import { upgradePortOf } from './port-mark.js'

type Trust = (address: string | undefined, hop: number) => boolean
type Next = (error?: unknown) => void

type RouteHandler = Parameters<HttpAdapter['get']>[1]

interface Request extends IncomingMessage {
  readonly app?: { get(setting: string): unknown }
  readonly ip?: string
  readonly host?: string
  readonly protocol?: string
}

export class ExpressPlatform implements Platform {
  readonly handler: RequestHandler
  readonly #http: HttpAdapter

  constructor(http: HttpAdapter) {
    this.#http = http
    this.handler = http.getInstance() as RequestHandler
  }

  addUpgrade(route: UpgradeRoute): void {
    this.#add(route, (request) => upgradePortOf(request) === route.port)
  }

  addPlain(route: UpgradeRoute): void {
    this.#add(route, (request) => upgradePortOf(request) === undefined)
  }

  #add(route: UpgradeRoute, isMine: (request: Request) => boolean): void {
    this.#http.get(route.path, ((request: Request, response: ServerResponse, next: Next) => {
      if (isMine(request)) route.handle(visitOf(request, response, next)).catch(next)
      else next()
    }) as RouteHandler)
  }
}

function visitOf(request: Request, response: ServerResponse, next: Next): UpgradeVisit {
  return { request, response, next, raw: { request, response }, view: viewOf(request), finish() {} }
}

/** Undefined where Express trusts nobody: then the socket, or `trustedProxies` of the endpoint, knows best. */
function viewOf(request: Request): FrameworkView | undefined {
  const trusts = request.app?.get('trust proxy fn') as Trust | undefined
  if (!trusts?.(request.socket.remoteAddress, 0)) return undefined
  // Without X-Forwarded-Proto, `protocol` is the scheme between the proxy and us, which says nothing about the page
  const isProtocolKnown = request.protocol === 'https' || request.headers['x-forwarded-proto'] !== undefined
  return { remoteAddress: request.ip, host: request.host, protocol: isProtocolKnown ? request.protocol : undefined }
}
