// What a gateway's decorator may say besides its port, and what forRoot says for all of them. Types only: each option once, here.
import type { IncomingMessage } from 'node:http'
import type { CloseOptions, EndpointOptions, ServerLimits, WebSocketEndpoint } from '@tocsin/core'
import type { DescribeError } from '../message/error-report.js'
import type { MessageFormat } from '../message/message-format.js'

/** For every gateway, unless its decorator says otherwise; the options of core's endpoints among them. */
export interface GatewayDefaults extends Omit<EndpointOptions<never>, 'name' | 'upgrade'> {
  /** How messages are read and written. @default jsonFormat: `{ event, data, id? }` */
  readonly format?: MessageFormat
  /** What a client is told of an error. @default event 'exception', as other Nest adapters do, without anything that the client sent */
  readonly describeError?: DescribeError
}

/** The options of one gateway: `@WebSocketGateway<GatewayOptions>({ path: '/rooms/:room' })`. Gateways on one path share them. */
export interface GatewayOptions extends GatewayDefaults {
  /** As in a controller's route: `/rooms/:room`. The application's global prefix and versions do not apply. @default '/' */
  readonly path?: string
  /** Tells endpoints apart in logs and on a backplane. @default the name of the gateway's class */
  readonly name?: string
  /** An endpoint of your own instead of one that is made from these options; those for endpoints are then its own. */
  readonly endpoint?: AnyEndpoint
}

/**
 * What is said once for the whole application: `trustedProxies` for the gateways and the limits alike, and the limits for each of its servers.
 * `deadline`, `spread` and the other options of closing are for `app.close()`.
 */
export interface TocsinOptions extends GatewayDefaults, ServerLimits, CloseOptions {
  /** Hands errors of message handlers to the application's global exception filters, before the gateway answers them. @default false */
  readonly globalFilters?: boolean
  /** True keeps an upgrade out of the application and its middleware: one of a dev server, or of another library. @default none */
  readonly ignore?: (request: IncomingMessage) => boolean
}

/** An endpoint, whatever its connections carry. */
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyEndpoint = WebSocketEndpoint<any>
