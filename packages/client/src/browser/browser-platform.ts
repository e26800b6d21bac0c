// What the client is made of in a browser: its WebSocket, and the rules that a page has to keep.
import type { Attempt, Link, Platform } from '../shared/link.js'
import { UsageError, WebSocketError } from './errors.js'
import { NativeLink, type NativeSocket } from './native-link.js'

/** A page cannot set these, and must not believe that it did. */
const NODE_ONLY = ['headers', 'origin', 'tls', 'lookup', 'connect', 'followRedirects']

export class BrowserPlatform implements Platform<string> {
  readonly UsageError = UsageError
  readonly WebSocketError = WebSocketError
  readonly #subprotocols: readonly string[]

  constructor(options: { readonly subprotocols?: readonly string[] }) {
    const wrong = NODE_ONLY.find((name) => name in options)
    if (wrong !== undefined) throw new UsageError('WS_ERR_INVALID_OPTION', `in a browser there is no option ${wrong}`)
    this.#subprotocols = options.subprotocols ?? []
  }

  /** Relative to the page. */
  parseUrl(text: string | URL): string {
    const { location } = globalThis as { location?: { href: string } }
    if (URL.canParse(String(text), location?.href)) {
      const url = new URL(text, location?.href)
      const href = url.href.replace(/^http/, 'ws')
      // RFC 6455 §3: no fragment.
      if (/^wss?:[^#]*$/.test(href)) return href
    }
    throw new UsageError('WS_ERR_URL', 'not the URL of a WebSocket')
  }

  connect(url: string, { signal, clock }: Attempt): Promise<Link> {
    const { WebSocket } = globalThis as unknown as { WebSocket: new (url: string, subprotocols: readonly string[]) => NativeSocket }
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, this.#subprotocols)
      socket.binaryType = 'arraybuffer'
      signal.addEventListener('abort', () => { if (socket.readyState === 0) socket.close() })
      socket.onopen = () => resolve(new NativeLink(socket, clock))
      // Why, a browser does not tell.
      socket.onclose = () => reject(new WebSocketError('WS_ERR_CONNECT', 'the connection could not be established'))
    })
  }

  /** WHATWG: a page may send 1000, or a code of its own; RFC 6455 §5.5: and 123 bytes of reason. */
  checkClose(code: number, reason: string): void {
    if (code !== 1000 && !(code >= 3000 && code <= 4999)) throw new UsageError('WS_ERR_CLOSE_CODE', 'close code must be 1000 or 3000-4999')
    if (new TextEncoder().encode(reason).length > 123) throw new UsageError('WS_ERR_CLOSE_REASON', 'the close reason is at most 123 bytes')
  }
}
