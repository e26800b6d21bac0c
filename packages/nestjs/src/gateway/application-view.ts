// What gateways need to know of the application around them. The one place that reads what Nest does not hand out: its configuration.
import type { ArgumentsHost, ExceptionFilter, INestApplication } from '@nestjs/common'
import { FILTER_CATCH_EXCEPTIONS } from '@nestjs/common/internal'
import { type ApplicationConfig, ContextIdFactory } from '@nestjs/core'
import type { Connection } from '@tocsin/core'
import { type FoundGateway, isIntercepted } from './found-gateway.js'
import type { GatewayDefaults } from './gateway-options.js'
import type { GroupContext } from './group-context.js'

interface Choices {
  readonly defaults: GatewayDefaults
  readonly globalFilters: boolean
}

type ExceptionType = abstract new (...values: never[]) => unknown

export class ApplicationView implements GroupContext {
  readonly defaults: GatewayDefaults
  readonly #app: INestApplication
  readonly #config: ApplicationConfig
  readonly #hasGlobalFilters: boolean

  constructor(app: INestApplication, { defaults, globalFilters }: Choices) {
    this.#app = app
    this.#config = (app as unknown as { readonly config: ApplicationConfig }).config
    this.#hasGlobalFilters = globalFilters
    this.defaults = defaults
  }

  /** The last one that was added and that catches this exception, as Nest does it for controllers. */
  handleGlobally(exception: unknown, host: ArgumentsHost): boolean {
    const filters = this.#hasGlobalFilters ? this.#config.getGlobalFilters() : []
    const filter = filters.findLast((candidate) => catches(candidate, exception))
    // oxlint-disable-next-line promise/valid-params -- a filter's method
    filter?.catch(exception, host)
    return filter !== undefined
  }

  isIntercepted(gateways: readonly FoundGateway[]): boolean {
    const global = this.#config.getGlobalInterceptors().length + this.#config.getGlobalRequestInterceptors().length
    return global > 0 || gateways.some(isIntercepted)
  }

  resolve({ type }: FoundGateway, connection: Connection): Promise<unknown> {
    return this.#app.resolve(type, ContextIdFactory.getByRequest(connection), { strict: false })
  }
}

function catches(filter: ExceptionFilter, exception: unknown): boolean {
  const types = (Reflect.getMetadata(FILTER_CATCH_EXCEPTIONS, filter.constructor) ?? []) as ExceptionType[]
  return types.length === 0 || types.some((type) => exception instanceof type)
}
