// @tocsin/client itself, in this process, on the outside as the WebSocket of the web: so that what drives the others drives it, too.
import { WebSocketClient, type WebSocketClientOptions } from '@tocsin/client'
import { certificate } from '@tocsin/testing'
import type { Agent, Offer, OpenOptions } from '../agent.js'
import { webSocketAgent } from '../agents/web-socket.js'
import type { Client } from './client.js'

export const tocsin: Client = {
  name: '@tocsin/client',
  isAvailable: true,
  largestInflated: 16 << 20,
  http2: false,
  compresses: true,
  chooses: true,
  fragments: false,
  pings: true,
  seesStatus: true,
  async start() {
    const agent = tocsinAgent()
    return { agentFor: async () => agent, stop: async () => {} }
  },
}

function tocsinAgent(): Agent {
  const agent = webSocketAgent((url, options) => new WebLike(url, options) as unknown as WebSocket)
  const clientOf = (session: number): WebSocketClient => (agent.session(session).socket as unknown as WebLike).client
  return {
    ...agent,
    echoFragments: () => Promise.reject(new Error('it sends no fragments')),
    ping: (session, payload) => new Promise((resolve) => {
      const client = clientOf(session)
      const onPong = (data: Uint8Array): void => {
        client.off('pong', onPong)
        resolve(Buffer.from(data).toString())
      }
      client.on('pong', onPong).ping(payload)
    }),
  }
}

const LIMITS = { maxMessageSize: 1 << 25, maxQueueSize: Infinity, reconnect: false } as const
const CONTEXTS = { threshold: 0, serverNoContextTakeover: false, clientNoContextTakeover: false }

/** As much of the web's WebSocket as `web-socket.js` knows. */
class WebLike {
  readonly client: WebSocketClient
  readonly CLOSED = 3
  binaryType = 'arraybuffer'
  onmessage?: (event: { readonly data: string | Uint8Array }) => void
  onclose?: (event: { readonly code: number; readonly reason: string; readonly wasClean: boolean }) => void
  onopen?: () => void
  onerror?: (event: { readonly message: string }) => void

  constructor(url: string, { subprotocols = [], compression = true, pings = false }: OpenOptions) {
    const options: WebSocketClientOptions = {
      ...LIMITS,
      subprotocols,
      tls: { ca: certificate.cert },
      compression: compression !== false && { ...CONTEXTS, ...(compression !== true && chosen(compression)) },
      pingInterval: pings && 2_000,
    }
    this.client = new WebSocketClient(url, options)
      .on('message', (data) => this.onmessage?.({ data }))
      .on('open', () => this.onopen?.())
      .on('error', ({ message }) => this.onerror?.({ message }))
      .on('close', ({ code, reason, clean }) => this.onclose?.({ code, reason, wasClean: clean }))
  }

  get protocol(): string {
    return this.client.subprotocol
  }

  get extensions(): string {
    return this.client.extensions
  }

  get readyState(): number {
    return this.client.readyState
  }

  send(data: string | Uint8Array): void {
    this.client.send(data)
  }

  close(code?: number, reason?: string): void {
    void this.client.close(code, reason)
  }
}

function chosen(offer: Offer): object {
  return {
    serverNoContextTakeover: offer.server_no_context_takeover === true,
    clientNoContextTakeover: offer.client_no_context_takeover === true,
    ...(offer.server_max_window_bits !== undefined && { serverMaxWindowBits: offer.server_max_window_bits }),
    ...(typeof offer.client_max_window_bits === 'number' && { clientMaxWindowBits: offer.client_max_window_bits }),
  }
}
