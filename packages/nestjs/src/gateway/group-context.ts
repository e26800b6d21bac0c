// What gateways need of the application around them. Types only.
import type { ArgumentsHost } from '@nestjs/common'
import type { Connection } from '@tocsin/core'
import type { FoundGateway } from './found-gateway.js'
import type { GatewayDefaults } from './gateway-options.js'

/** What the application says about all of its gateways. */
export interface GroupContext {
  readonly defaults: GatewayDefaults
  handleGlobally(exception: unknown, host: ArgumentsHost): boolean
  /** The instance of a gateway that Nest has made for this connection. */
  resolve(gateway: FoundGateway, connection: Connection): Promise<unknown>
  /** Whether results of handlers without an interceptor of their own pass through one. */
  isIntercepted(gateways: readonly FoundGateway[]): boolean
}
