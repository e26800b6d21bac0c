// The last handler of a route: what it says about the connection, then the endpoint. Knows how Express passes errors and params on.
import { type Hooked, isUpgradePending, UsageError, type WebSocketEndpoint } from '@tocsin/core'
import type { Request, RequestHandler, Response } from 'express'
import { viewOf } from './view.js'

/**
 * Says what `connection.data` is, at once or later. To refuse, it answers `response` itself and returns it, or throws, which leads to the
 * error handlers of the application.
 */
export type DataMapper<Data> = (request: Request<RouteParams>, response: Response) => Data | Response | Promise<Data | Response>

/** A handler that fits every route, whatever Express infers for its params. */
export type UpgradeHandler = RequestHandler<RouteParams>

// Express infers params from a path only for handlers that are written in place
// oxlint-disable-next-line typescript/no-explicit-any
type RouteParams = any

const REMEDY = "call attach(server, app) once: import { attach } from '@tocsin/express', then attach(app.listen(3000), app)"

/**
 * The last handler of an ordinary route: everything before it runs before the 101 and may refuse. What `mapper` returns is
 * `connection.data`. An endpoint with an `upgrade` hook decides itself and takes no mapper; one without data needs none.
 *
 * Plain requests are answered 426, and upgrades on a server without `attach()` 500, with a warning.
 *
 * @throws UsageError `WS_ERR_TWO_DECISIONS` for a mapper and a hook
 */
export function upgrade<Data>(endpoint: WebSocketEndpoint<Data> & Hooked): UpgradeHandler
export function upgrade<Data>(endpoint: WebSocketEndpoint<Data>, ...mapper: MapperFor<Data>): UpgradeHandler
export function upgrade<Data>(endpoint: WebSocketEndpoint<Data>, mapper?: DataMapper<Data>): UpgradeHandler {
  if (mapper !== undefined && endpoint.hasUpgradeHook) throw twoDecisions(endpoint.name)
  return async (request, response) => {
    const options = { view: viewOf(request), remedy: REMEDY }
    if (mapper === undefined || !isUpgradePending(request)) return void (await endpoint.upgrade(request, response, options))
    const data = await mapper(request, response)
    if (data === response || response.headersSent || response.writableEnded) return
    await endpoint.upgrade(request, response, { ...options, data: data as Data })
  }
}

type MapperFor<Data> = undefined extends Data ? [mapper?: DataMapper<NoInfer<Data>>] : [mapper: DataMapper<NoInfer<Data>>]

function twoDecisions(name: string): UsageError {
  const message = `the endpoint '${name}' decides by its upgrade hook, and a route has a mapper for it as well: drop one of them`
  return new UsageError('WS_ERR_TWO_DECISIONS', message)
}
