// The servers of Node that emit `upgrade`, and the one method of theirs that the dispatcher listens in on. It must not know upgrades.
import type { Server } from 'node:http'
import type { Http2SecureServer } from 'node:http2'

/** `http`, `https`, and `http2` with `allowHTTP1`: their HTTP/1.1 upgrades are the same event. */
export type UpgradeServer = Server | Http2SecureServer

/**
 * Frameworks close the server themselves and let nobody in between, so `close` becomes an own property of the instance
 * (`Symbol.asyncDispose` goes through it too). `onClose` runs after the server has stopped accepting, once per time that it was listening.
 */
export function overrideClose(server: UpgradeServer, onClose: () => void): void {
  const close = server.close.bind(server) as (callback?: (error?: Error) => void) => unknown
  let hasRun = false
  const closeAndTell = (callback?: (error?: Error) => void): UpgradeServer => {
    const isDue = server.listening || !hasRun
    hasRun = true
    close(callback)
    if (isDue) onClose()
    return server
  }
  Object.defineProperty(server, 'close', { value: closeAndTell, configurable: true, writable: true, enumerable: false })
}
