// Nest calls handleConnection and handleDisconnect and drops what they return, so that a rejection ends the process. Here the hooks of
// a gateway report what they return to whoever listens for that connection. Knows nothing of what is done with it.
import type { Connection } from '@tocsin/core'
import type { FoundGateway, GatewayHooks } from './found-gateway.js'

export type HookName = 'handleConnection' | 'handleDisconnect'
/** Hears of each hook that runs for a connection. */
export type HookListener = (result: Promise<unknown>) => void

type Hook = (client: object, ...values: unknown[]) => unknown
type Tracked = Hook & { readonly original?: Hook }

const LISTENER = Symbol('tocsin.hooks')

export function listenToHooks(connection: Connection, listener: HookListener): void {
  Object.defineProperty(connection, LISTENER, { value: listener, configurable: true })
}

export function isScoped({ wrapper }: FoundGateway): boolean {
  return !wrapper.isDependencyTreeStatic()
}

/** Hooks of a gateway that Nest makes anew for each connection are kept from running: `scopedHook` hands them out instead. */
export function trackHooks(gateway: FoundGateway): void {
  const host = (isScoped(gateway) ? gateway.type.prototype : gateway.wrapper.instance) as GatewayHooks
  for (const name of ['handleConnection', 'handleDisconnect'] as const) {
    const hook = host[name] as Tracked | undefined
    if (hook === undefined || hook.original !== undefined) continue
    Object.defineProperty(host, name, { value: tracked(hook, isScoped(gateway)), configurable: true, writable: true })
  }
}

export function scopedHook({ type }: FoundGateway, name: HookName): Hook | undefined {
  return ((type.prototype as GatewayHooks)[name] as Tracked | undefined)?.original
}

function tracked(original: Hook, isSilent: boolean): Tracked {
  const report = function (this: unknown, client: object, ...values: unknown[]): unknown {
    const listener = Reflect.get(client, LISTENER) as HookListener | undefined
    // Another adapter's client
    if (listener === undefined) return original.call(this, client, ...values)
    if (!isSilent) listener(new Promise((resolve) => { resolve(original.call(this, client, ...values)) }))
  }
  return Object.assign(report, { original })
}
