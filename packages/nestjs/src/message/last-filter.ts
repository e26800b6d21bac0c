// The exception filter behind all others of a gateway: answers through the exchange of the message. Holds nothing.
import { Catch, type ArgumentsHost, type ExceptionFilter, type Type } from '@nestjs/common'
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/internal'
import { BaseWsExceptionFilter } from '@nestjs/websockets'
import { Exchange } from './exchange.js'

@Catch()
class LastFilter implements ExceptionFilter {
  catch(exception: unknown, host: ArgumentsHost): void {
    const exchange = host.getArgs<unknown[]>().find((argument) => argument instanceof Exchange)
    // Another adapter serves the same class, as in a migration's tests
    if (exchange === undefined) new BaseWsExceptionFilter().catch(exception, host)
    else exchange.fail(exception, host)
  }
}

const lastFilter = new LastFilter()

/** Nest asks the filters of a class from the last to the first. */
export function addLastFilter(gateway: Type): void {
  const filters = (Reflect.getMetadata(EXCEPTION_FILTERS_METADATA, gateway) ?? []) as unknown[]
  if (!filters.includes(lastFilter)) Reflect.defineMetadata(EXCEPTION_FILTERS_METADATA, [lastFilter, ...filters], gateway)
}
