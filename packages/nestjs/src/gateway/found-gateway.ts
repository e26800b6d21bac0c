// The gateways of an application, found before Nest connects them. Reads Nest's containers and metadata.
import { Logger, type Type } from '@nestjs/common'
import { INTERCEPTORS_METADATA } from '@nestjs/common/internal'
import { MetadataScanner, type ModulesContainer } from '@nestjs/core'
import type { InstanceWrapper } from '@nestjs/core/internal'
import { GATEWAY_METADATA, GATEWAY_OPTIONS, MESSAGE_METADATA, PORT_METADATA } from '@nestjs/websockets/internal'
import { Observable } from 'rxjs'
import type { GatewayOptions } from './gateway-options.js'

export interface FoundGateway {
  readonly type: Type
  readonly wrapper: InstanceWrapper
  /** 0: the application's own. */
  readonly port: number
  readonly options: GatewayOptions
}

/** What a gateway may have besides message handlers. */
export interface GatewayHooks {
  handleUpgrade?(...args: unknown[]): unknown
  handleConnection?(...args: unknown[]): unknown
  handleDisconnect?(...args: unknown[]): unknown
}

export function findGateways(modules: ModulesContainer): FoundGateway[] {
  const wrappers = [...modules.values()].flatMap(({ providers }) => [...providers.values()])
  return wrappers.filter(isGateway).map((wrapper) => {
    const type = wrapper.metatype as Type
    const options = (Reflect.getMetadata(GATEWAY_OPTIONS, type) ?? {}) as GatewayOptions
    return { type, wrapper, port: Reflect.getMetadata(PORT_METADATA, type) as number, options }
  })
}

function isGateway(wrapper: InstanceWrapper): boolean {
  return !wrapper.isNotMetatype && Reflect.hasMetadata(GATEWAY_METADATA, wrapper.metatype as object)
}

/** Whether one of its handlers, or all of them, run inside interceptors: then every result is an observable. */
export function isIntercepted({ type }: FoundGateway): boolean {
  return [type, ...methodsOf(type).map(([, method]) => method)].some((target) => Reflect.hasMetadata(INTERCEPTORS_METADATA, target))
}

/** The events whose handlers are declared to return an Observable. */
export function feedsOf({ type }: FoundGateway): string[] {
  const feeds = methodsOf(type).filter(([name]) => Reflect.getMetadata('design:returntype', type.prototype as object, name) === Observable)
  return feeds.map(([, method]) => Reflect.getMetadata(MESSAGE_METADATA, method) as string)
}

function methodsOf({ prototype }: Type): [name: string, method: object][] {
  const names = new MetadataScanner().getAllMethodNames(prototype as object)
  return names.map((name) => [name, Reflect.get(prototype as object, name) as object])
}

export function loggerOf({ type }: FoundGateway): Logger {
  return new Logger(type.name)
}
