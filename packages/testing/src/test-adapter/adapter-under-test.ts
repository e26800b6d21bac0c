// What the author of an adapter hands to the contract suite, and what the suite hands to the author. Types only: no framework's
// name, no test runner.
import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { HeaderRecord, ServerLimits, WebSocketEndpoint } from '@tocsin/core'

/** One adapter, as the suite sees it: a name, and a way to start an application that the suite describes. */
export interface AdapterUnderTest {
  /** For the titles of the tests, such as `Express 5`. */
  readonly name: string
  /**
   * Builds `app` with the framework, attaches the adapter and listens on a free port of 127.0.0.1. Called anew for each test.
   * Whatever it throws fails that test.
   */
  start(app: AdapterApp): Promise<RunningAdapter>
}

/** An application, described without a framework. The author turns each route into one of the framework's own. */
export interface AdapterApp {
  /** GET routes whose last handler leads the request to an endpoint. */
  readonly upgrades: readonly UpgradeRoute[]
  /** Ordinary routes. Unknown paths are answered by the framework's own 404. */
  readonly pages: readonly PageRoute[]
  /** With it, an https server; without, an http server. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined
  /** Limits of the server, for the adapter to pass on. */
  readonly limits: ServerLimits
  /** What `close()` of the running adapter passes on, as it is; times in ms. */
  readonly closing: { readonly deadline: number; readonly spread?: number; readonly readinessDelay?: number }
  /**
   * To be called once, with the server, before the adapter is attached to it: other libraries may add their `upgrade` listeners
   * here. They may also do so after `start()` has resolved.
   */
  onServer(server: HttpServer | HttpsServer): void
  /** To be called with what reaches the framework's error handler, or the adapter's; the peer must not see it. */
  onError(error: unknown): void
}

/** A route that upgrades. `path` is written as Express and Fastify do: `/rooms/:room`. Its steps run in the order of the fields. */
export interface UpgradeRoute {
  readonly path: string
  /** A middleware that works with a callback: `(request, response, next) => route.around(next)`. Absent in most routes. */
  readonly around?: (next: () => void) => void
  /**
   * An asynchronous middleware, hook or guard. An answer means: the framework sends it and the route is not reached. What it
   * throws is an error of the application: 500.
   */
  readonly before?: (visit: Visit) => Answer | undefined | Promise<Answer | undefined>
  readonly endpoint: WebSocketEndpoint<unknown>
  /** What the route says about the connection (`connection.data`). Absent: the endpoint decides by its own `upgrade` hook, pass no data. */
  readonly data?: (visit: Visit) => unknown
}

/** A route that answers: GET, or POST without a body. */
export interface PageRoute {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly answer: (visit: Visit) => Answer | Promise<Answer>
}

/** One request, as a step of a route sees it. */
export interface Visit {
  /** Node's own: `request.raw` where the framework wraps it. */
  readonly request: IncomingMessage
  /** Node's own: `reply.raw` where the framework wraps it. */
  readonly response: ServerResponse
  /** The path's parameters, as the framework has decoded them. */
  readonly params: Readonly<Record<string, string>>
  /** Sets a field of the response in the framework's way; several values make several fields. */
  setHeader(name: string, value: string | readonly string[]): void
}

/** A response that the framework sends in its own way. */
export interface Answer {
  readonly status: number
  readonly headers?: HeaderRecord
  /** An object: sent as JSON. A string: as it is. */
  readonly body: string | object
}

/** A started application. */
export interface RunningAdapter {
  readonly server: HttpServer | HttpsServer
  /** What a readiness route of the application answers by. */
  readonly isReady: boolean
  /**
   * Shuts everything down the way the adapter's users do: after the `readinessDelay` connections get 1001, the server is closed, and it
   * resolves when both are done, at the deadline at the latest. Also called after each test; a second call must not fail.
   */
  close(): Promise<void>
}
