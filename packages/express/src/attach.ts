// Leads the upgrades of a server through an Express application. Knows Express' way of nesting handlers, nothing of WebSockets.
import { type Dispatching, type DispatchUpgradesOptions, dispatchUpgrades, type UpgradeServer } from '@tocsin/core'
import { type ErrorRequestHandler, type RequestHandler, Router } from 'express'

/** An Express application or router, any `(request, response, next)`, or a list of such handlers and of error handlers. */
export type App = RequestHandler | readonly (RequestHandler | ErrorRequestHandler)[]

/**
 * `ignore(request)` keeps requests out of the application and its middleware, such as those of a dev server. `onError(error, request)`
 * hears what no error handler of the application has answered; the peer gets the status only.
 */
export interface AttachOptions extends DispatchUpgradesOptions {}

/**
 * Leads the WebSocket upgrades of `server` through `app`, so that its routes can take them with `upgrade()`. May be called before or after
 * the server listens. What `app` has no route for is left to the server's other `upgrade` listeners, and answered 404 where there are none.
 *
 * @param server what `app.listen()` returns, or an http or https server whose request handler is `app`
 * @returns `close({ code, reason, deadline })` ends every endpoint that was used through the server, and the server
 */
export function attach(server: UpgradeServer, app: App, options: AttachOptions = {}): Dispatching {
  return dispatchUpgrades(server, toHandler(app) as Parameters<typeof dispatchUpgrades>[1], options)
}

/** Always called with a `next`, so that Express' own last handler, which prints stacks to the peer, never runs. */
function toHandler(app: App): RequestHandler {
  return typeof app === 'function' ? app : Router().use([...app])
}
