// The way of a request to a gateway's `handleUpgrade`, through guards, interceptors and pipes: as Nest runs a controller's method. The enhancers of
// the gateway's class are left out: they are for messages.
import { EXCEPTION_FILTERS_METADATA, GUARDS_METADATA, INTERCEPTORS_METADATA, PIPES_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/internal'
import type { INestApplicationContext, Type } from '@nestjs/common'
import { ContextIdFactory, ExternalContextCreator } from '@nestjs/core'
import type { FoundGateway, GatewayHooks } from '../gateway/found-gateway.js'
import { requestParams } from './request-params.js'

type Method = (...args: unknown[]) => unknown
/** Resolves with what `handleUpgrade` returned, rejects with what a guard, a pipe or the method threw. */
export type UpgradePipeline = (request: object, response: unknown, next: unknown) => Promise<unknown>

const METHOD = 'handleUpgrade'
const ENHANCERS = [GUARDS_METADATA, PIPES_METADATA, INTERCEPTORS_METADATA, EXCEPTION_FILTERS_METADATA]

export function upgradePipeline(app: INestApplicationContext, gateway: FoundGateway): UpgradePipeline {
  const { wrapper, type } = gateway
  const route = routeClassOf(type)
  if (wrapper.isDependencyTreeStatic()) return create(app, { gateway, route, instance: wrapper.instance as GatewayHooks })
  return async (request, ...rest) => {
    const contextId = ContextIdFactory.getByRequest(request)
    app.registerRequestByContextId(request, contextId)
    const instance = await app.resolve<GatewayHooks>(type, contextId, { strict: false })
    return create(app, { gateway, route, instance, contextId })(request, ...rest)
  }
}

interface Route {
  readonly gateway: FoundGateway
  readonly route: Type
  readonly instance: GatewayHooks
  readonly contextId?: { readonly id: number }
}

function create(app: INestApplicationContext, { gateway, route, instance, contextId }: Route): UpgradePipeline {
  const method = (instance[METHOD] ?? (() => undefined)) as Method
  // Inherits the metadata of the gateway's own
  const callback = Object.setPrototypeOf((...args: unknown[]) => method.apply(instance, args), method) as Method
  const host = Object.create(route.prototype as object, { [METHOD]: { value: callback } }) as object
  const options = { guards: true, interceptors: true, filters: Reflect.hasMetadata(EXCEPTION_FILTERS_METADATA, callback) }
  const creator = app.get(ExternalContextCreator, { strict: false })
  return creator.create(host, callback, METHOD, ROUTE_ARGS_METADATA, requestParams, contextId, gateway.wrapper.id, options, 'http')
}

/** What guards get from `context.getClass()`: the gateway's class, without the enhancers that are for its messages. */
function routeClassOf(gateway: Type): Type {
  const route = class extends gateway {}
  Object.defineProperty(route, 'name', { value: gateway.name })
  for (const key of ENHANCERS) Reflect.defineMetadata(key, [], route)
  return route
}
