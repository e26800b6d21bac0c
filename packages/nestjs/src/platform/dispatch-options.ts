// What the dispatcher of upgrades is told by the application's options. Values only.
import { Logger } from '@nestjs/common'
import type { DispatchUpgradesOptions } from '@tocsin/core'
import type { TocsinOptions } from '../gateway/gateway-options.js'

export function dispatchOptions({ ignore, handshakeTimeout, runtime, ...options }: TocsinOptions): DispatchUpgradesOptions {
  const onError = (error: unknown): void => new Logger('TocsinAdapter').error(error)
  const { maxConnections, maxConnectionsPerAddress, maxPendingHandshakes, trustedProxies } = options
  const limits = { maxConnections, maxConnectionsPerAddress, maxPendingHandshakes, trustedProxies }
  return { onError, ...limits, ...(ignore && { ignore }), ...(handshakeTimeout && { handshakeTimeout }), ...(runtime && { runtime }) }
}
