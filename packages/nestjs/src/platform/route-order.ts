// Where Nest is between middleware and routes, and behind the routes: it calls its HTTP adapter in this order and tells nobody. So the
// next call of each of these methods, and only that one, is listened to.
import type { HttpServer as HttpAdapter } from '@nestjs/common'

export interface RouteOrder {
  /** Behind the middleware, before the first route. */
  beforeRoutes(): void
  /** Behind the last route, before the 404. */
  behindRoutes(): void
}

export function followRoutes(http: HttpAdapter, order: RouteOrder): void {
  let hasBegun = false
  const begin = (): void => {
    if (hasBegun) return
    hasBegun = true
    order.beforeRoutes()
  }
  beforeNext(http, 'get', begin)
  beforeNext(http, 'all', begin)
  beforeNext(http, 'setNotFoundHandler', () => {
    begin()
    order.behindRoutes()
  })
}

function beforeNext(http: HttpAdapter, name: 'get' | 'all' | 'setNotFoundHandler', listener: () => void): void {
  const own = Object.getOwnPropertyDescriptor(http, name)
  const restore = (): void => void (own === undefined ? Reflect.deleteProperty(http, name) : Object.defineProperty(http, name, own))
  const listenOnce = (...values: unknown[]): unknown => {
    restore()
    listener()
    return (Reflect.get(http, name) as (...values: unknown[]) => unknown).apply(http, values)
  }
  Object.defineProperty(http, name, { value: listenOnce, configurable: true, writable: true })
}
