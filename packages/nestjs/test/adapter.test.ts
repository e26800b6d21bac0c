// The contract of every adapter, on both platforms: routes are gateways, their middleware is Nest's.
import 'reflect-metadata'
import {
  type ArgumentsHost, type CanActivate, Catch, Controller, type ExecutionContext, type MiddlewareConsumer, Module, type NestModule, Req,
  RequestMapping, RequestMethod, Res, type Type,
} from '@nestjs/common'
import { BaseExceptionFilter, HttpAdapterHost, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { WebSocketGateway } from '@nestjs/websockets'
import {
  type AdapterApp, type Answer, type PageRoute, type RunningAdapter, testAdapter, type UpgradeRoute, type Visit,
} from '@tocsin/testing'
import type { Server, IncomingMessage, ServerResponse } from 'node:http'
import { describe, test } from 'vitest'
import { type GatewayOptions, TocsinAdapter, UseUpgradeGuards } from '@tocsin/nestjs'
import { platforms, type PlatformName } from './support/start.js'

interface PlatformRequest {
  readonly raw?: IncomingMessage
  readonly params: Record<string, string>
}

interface PlatformResponse {
  readonly raw?: ServerResponse
  code?(status: number): this
  status(status: number): this
  header(name: string, value: unknown): this
  send(body: unknown): unknown
}

function visitOf(request: PlatformRequest, response: PlatformResponse): Visit {
  const raw = { request: (request.raw ?? request) as IncomingMessage, response: (response.raw ?? response) as ServerResponse }
  return { ...raw, params: request.params, setHeader: (name, value) => { response.header(name, value) } }
}

function send(response: PlatformResponse, { status, headers = {}, body }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.header(name, value)
  response.status(status).send(body)
}

/** Asynchronous middleware of a route, as a guard. */
function guardOf({ before }: UpgradeRoute): CanActivate {
  return {
    async canActivate(context: ExecutionContext) {
      const http = context.switchToHttp()
      const [request, response] = [http.getRequest<PlatformRequest>(), http.getResponse<PlatformResponse>()]
      const answer = await before?.(visitOf(request, response))
      if (answer !== undefined) send(response, answer)
      return true
    },
  }
}

function gatewayOf(route: UpgradeRoute): Type {
  class Deciding {
    handleUpgrade(request: PlatformRequest, response: PlatformResponse): unknown { return route.data!(visitOf(request, response)) }
  }
  class Hooked {}
  const gateway = route.data === undefined ? Hooked : Deciding
  UseUpgradeGuards(guardOf(route))(gateway)
  WebSocketGateway<GatewayOptions>({ path: route.path, endpoint: route.endpoint })(gateway)
  return gateway
}

function controllerOf(page: PageRoute): Type {
  class Page {
    async answer(request: PlatformRequest, response: PlatformResponse): Promise<void> {
      send(response, await page.answer(visitOf(request, response)))
    }
  }
  Controller()(Page)
  const descriptor = Object.getOwnPropertyDescriptor(Page.prototype, 'answer')!
  RequestMapping({ path: page.path, method: RequestMethod[page.method] })(Page.prototype, 'answer', descriptor)
  Req()(Page.prototype, 'answer', 0)
  Res()(Page.prototype, 'answer', 1)
  return Page
}

function moduleOf(app: AdapterApp): Type {
  class AppModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      for (const { path, around } of app.upgrades) {
        if (around) consumer.apply((_request: unknown, _response: unknown, next: () => void) => around(next)).forRoutes(path)
      }
    }
  }
  Module({ providers: app.upgrades.map(gatewayOf), controllers: app.pages.map(controllerOf) })(AppModule)
  return AppModule
}

async function start(app: AdapterApp, platform: PlatformName): Promise<RunningAdapter> {
  const tls = app.tls === undefined ? {} : { httpsOptions: app.tls }
  const adapter = platform === 'express' ? new ExpressAdapter() : new FastifyAdapter(app.tls === undefined ? {} : { https: app.tls })
  const nest = await NestFactory.create(moduleOf(app), adapter, { logger: false, ...tls })
  const server = nest.getHttpServer() as Server
  @Catch()
  class Errors extends BaseExceptionFilter {
    override catch(error: unknown, host: ArgumentsHost): void {
      if (!(error instanceof Error && 'getStatus' in error)) app.onError(error)
      // oxlint-disable-next-line promise/valid-params -- a filter's method
      super.catch(error, host)
    }
  }
  app.onServer(server)
  nest.useGlobalFilters(new Errors(nest.get(HttpAdapterHost).httpAdapter))
  const tocsin = new TocsinAdapter(nest, { ...app.closing, ...app.limits })
  nest.useWebSocketAdapter(tocsin)
  await nest.listen(0, '127.0.0.1')
  return { server, get isReady() { return tocsin.isReady }, close: () => nest.close() }
}

for (const platform of platforms) {
  testAdapter({ name: `NestJS 12 on platform-${platform}`, start: (app) => start(app, platform) }, { describe, test })
}
