// By which of an application's ports an upgrade came in: noted on the request when it is dispatched.
import { isUpgradePending } from '@tocsin/core'
import type { IncomingMessage } from 'node:http'

const PORT = Symbol('tocsin.port')

export function markPort(request: IncomingMessage, port: number): void {
  Object.defineProperty(request, PORT, { value: port, configurable: true })
}

/** Undefined for a plain request. */
export function upgradePortOf(request: IncomingMessage): number | undefined {
  return isUpgradePending(request) ? (Reflect.get(request, PORT) as number | undefined) : undefined
}
