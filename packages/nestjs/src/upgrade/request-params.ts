// What the parameter decorators of `handleUpgrade` ask for, taken from a request as Express and Fastify both have it.
import { RouteParamtypes } from '@nestjs/common/internal'

type Fields = Readonly<Record<string, unknown>> | undefined

interface HttpRequest {
  readonly query?: Fields
  readonly params?: Fields
  readonly headers: Readonly<Record<string, unknown>>
  readonly session?: unknown
  readonly hosts?: Fields
  readonly ip?: string
}

/** Nest's `ParamsFactory`. A body, and what needs one, is undefined: an upgrade has none. */
export const requestParams = {
  exchangeKeyForValue(type: number, data: unknown, [request, response]: [HttpRequest, unknown]): unknown {
    const name = typeof data === 'string' ? data : undefined
    switch (type as RouteParamtypes) {
      case RouteParamtypes.REQUEST: return request
      case RouteParamtypes.RESPONSE: return response
      case RouteParamtypes.QUERY: return pick(request.query, name)
      case RouteParamtypes.PARAM: return pick(request.params, name)
      case RouteParamtypes.HEADERS: return pick(request.headers, name?.toLowerCase())
      case RouteParamtypes.HOST: return pick(request.hosts, name)
      case RouteParamtypes.SESSION: return request.session
      case RouteParamtypes.IP: return request.ip
      default: return undefined
    }
  },
}

function pick(fields: Fields, name: string | undefined): unknown {
  return name === undefined ? fields : fields?.[name]
}
