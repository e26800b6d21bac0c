// What the adapter needs of an HTTP platform. Types only.
import type { FrameworkView, RequestHandler, Respond } from '@tocsin/core'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** A route that upgrades, as the platform calls it with requests of its own kind. */
export interface UpgradeRoute {
  readonly path: string
  /** Upgrades that came in by this port, 0 for the application's own, belong to it. */
  readonly port: number
  /** What it throws is an error of the route, for the application's filters. */
  handle(visit: UpgradeVisit): Promise<void>
}

/** A request as the platform has it, and as Node has it. */
export interface UpgradeVisit {
  readonly request: object
  readonly response: unknown
  readonly next: unknown
  readonly raw: { readonly request: IncomingMessage; readonly response: ServerResponse }
  readonly view: FrameworkView | undefined
  /** Where hooks run only when the platform's own response is sent. */
  readonly respond?: Respond
  /** Once the upgrade is settled one way or the other. */
  finish(connection: object | null): Promise<void> | void
}

export interface Platform {
  /** Runs a request through the application, for the dispatcher. */
  readonly handler: RequestHandler
  /** Before the application's own routes, and only for upgrades. */
  addUpgrade(route: UpgradeRoute): void
  /** Behind the application's own routes, for plain requests. */
  addPlain(route: UpgradeRoute): void
}
