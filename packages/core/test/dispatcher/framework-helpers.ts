// A framework under test, and a route of it that upgrades as an endpoint will.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { RequestHandler } from '../../src/dispatcher/framework-attempt.js'
import { pendingUpgradeOf } from '../../src/dispatcher/routed-upgrade.js'
import type { DispatchOptions } from '../../src/dispatcher/upgrade-chain.js'
import { serializeSwitchingProtocols } from '../../src/handshake/response.js'
import { connect, KEY, scheduler, start, upgradeRequest, type RawClient } from './helpers.js'

/** What `endpoint.upgrade(request, response)` will do. */
export async function upgradeRoute(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  const upgrade = pendingUpgradeOf(request, response)!
  upgrade.claim()
  const lines = await upgrade.switchingProtocols(response)
  if (!lines) return false
  const head = upgrade.take()
  upgrade.socket.on('error', () => {})
  upgrade.socket.write(serializeSwitchingProtocols({ key: KEY, headers: Object.fromEntries(lines) }))
  upgrade.socket.write(head)
  upgrade.socket.on('data', (chunk: Buffer) => upgrade.socket.write(chunk))
  return true
}

export async function framework(handler: RequestHandler, options: DispatchOptions & { handshakeTimeout?: number } = {}) {
  const runtime = scheduler()
  const { handshakeTimeout = 2_000, ...rest } = options
  const { server, dispatcher, port } = await start({ runtime, handshakeTimeout })
  dispatcher.dispatch(handler, { onError: () => {}, ...rest })
  const ask = (path = '/', fields: readonly string[] = []): Promise<RawClient> => connect(port, upgradeRequest(path, fields))
  return { runtime, server, dispatcher, port, ask }
}
