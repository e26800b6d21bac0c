// What the client is made of in a browser: its WebSocket, and the rules that a page has to keep.
import type { Platform } from '../shared/platform.js'
import { nextDelay } from '../shared/reconnect-policy.js'
import { UsageError, WebSocketError } from './errors.js'
import { connect, encode } from './native-link.js'

export const browserPlatform: Platform<string> = {
  misuse: (code) => new UsageError(code),
  failure: (code) => new WebSocketError(code),
  connect,
  nextDelay,

  /** Relative to the page. RFC 6455 §3: no fragment. */
  parseUrl(text) {
    try {
      const { href } = new URL(text, (globalThis as { location?: { href?: string } }).location?.href)
      return `ws${/^(?:http|ws)(s?:[^#]*)$/.exec(href)![1]}`
    } catch {
      throw new UsageError('WS_ERR_URL')
    }
  },

  /** WHATWG: a page may send 1000, or a code of its own; RFC 6455 §5.5: and 123 bytes of reason. */
  checkClose(code, reason) {
    if (!/^(1000|[34]\d{3})$/.test(`${code}`)) throw new UsageError('WS_ERR_CLOSE_CODE')
    if (encode(reason).length > 123) throw new UsageError('WS_ERR_CLOSE_REASON')
  },
}
