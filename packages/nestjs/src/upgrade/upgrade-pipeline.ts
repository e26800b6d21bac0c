// The way of a request to a gateway's `handleUpgrade`, through guards, interceptors and pipes: as Nest runs a controller's method. The
// enhancers of the gateway's class are left out: they are for messages.
import {
  EXCEPTION_FILTERS_METADATA, GUARDS_METADATA, INTERCEPTORS_METADATA, PIPES_METADATA, ROUTE_ARGS_METADATA,
} from '@nestjs/common/internal'
import type { INestApplicationContext, Type } from '@nestjs/common'
import { AsyncLocalStorage } from 'node:async_hooks'
import { ContextIdFactory, ExternalContextCreator } from '@nestjs/core'
import type { FoundGateway, GatewayHooks } from '../gateway/found-gateway.js'
import { requestParams } from './request-params.js'

type Method = (...args: unknown[]) => unknown
/** Rejects with what a guard, a pipe or the method threw. */
export type UpgradePipeline = (request: object, response: unknown, next: unknown) => Promise<UpgradeOutcome>

export interface UpgradeOutcome {
  /** False when an interceptor kept the method from being called. */
  readonly isReached: boolean
  /** What the method returned, whatever interceptors made of it: many are for responses. */
  readonly data: unknown
}

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
  const outcomes = new AsyncLocalStorage<{ isReached: boolean; data: unknown }>()
  const run = async (...args: unknown[]): Promise<unknown> => {
    const data: unknown = await method.apply(instance, args)
    Object.assign(outcomes.getStore() ?? {}, { isReached: true, data })
    return data
  }
  // Inherits the metadata of the gateway's own
  const callback = Object.setPrototypeOf(run, method) as Method
  const host = Object.create(route.prototype as object, { [METHOD]: { value: callback } }) as object
  const creator = app.get(ExternalContextCreator, { strict: false })
  const options = { guards: true, interceptors: true, filters: Reflect.hasMetadata(EXCEPTION_FILTERS_METADATA, callback) }
  const context = [contextId, gateway.wrapper.id, options, 'http'] as const
  const pipeline = creator.create(host, callback, METHOD, ROUTE_ARGS_METADATA, requestParams, ...context)
  return async (...visit) => {
    const outcome = { isReached: false, data: undefined }
    await outcomes.run(outcome, () => pipeline(...visit))
    return outcome
  }
}

/** What guards get from `context.getClass()`: the gateway's class, without the enhancers that are for its messages. */
function routeClassOf(gateway: Type): Type {
  const route = class extends gateway {}
  Object.defineProperty(route, 'name', { value: gateway.name })
  for (const key of ENHANCERS) Reflect.defineMetadata(key, [], route)
  return route
}
