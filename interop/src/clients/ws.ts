// `ws`, the client most Node programs use. It lives in this process.
import { certificate } from '@tocsin/testing'
import { type ClientOptions, type PerMessageDeflateOptions, WebSocket as PackageWebSocket } from 'ws'
import { type Agent, type Offer, type OpenOptions, type Opened } from '../agent.js'
import { make, webSocketAgent } from '../agents/web-socket.js'
import type { Client } from './client.js'

export const ws: Client = {
  name: 'ws',
  isAvailable: true,
  largestInflated: 16 << 20,
  http2: false,
  compresses: true,
  chooses: true,
  fragments: true,
  pings: true,
  seesStatus: true,
  async start() {
    const agent = wsAgent()
    return { agentFor: async () => agent, stop: async () => {} }
  },
}

function wsAgent(): Agent {
  const agent = webSocketAgent((url, options) => connect(url, options) as unknown as WebSocket)
  const socketOf = (session: number) => agent.session(session).socket as unknown as PackageWebSocket
  return {
    ...agent,
    async open(url, options) {
      const opened = await agent.open(url, options)
      return 'refused' in opened ? opened : ({ ...opened, extensions: extensionsOf(socketOf(opened.session)) } satisfies Opened)
    },
    async echoFragments(session, samples) {
      const parts = samples.map(make)
      for (const [index, part] of parts.entries()) socketOf(session).send(part, { fin: index === parts.length - 1 })
      return agent.session(session).differences([joined(parts)])
    },
    ping: (session, payload) => new Promise((resolve) => {
      socketOf(session).once('pong', (data: Buffer) => resolve(data.toString()))
      socketOf(session).ping(payload)
    }),
  }
}

const responseHeaders = new WeakMap<PackageWebSocket, string>()

function connect(url: string, { subprotocols = [], compression = true }: OpenOptions): PackageWebSocket {
  const perMessageDeflate = typeof compression === 'boolean' ? compression && { threshold: 0 } : deflateOptions(compression)
  const options: ClientOptions = { ca: certificate.cert, perMessageDeflate, maxPayload: 1 << 25 }
  const socket = new PackageWebSocket(url, [...subprotocols], options)
  socket.once('upgrade', ({ headers }) => responseHeaders.set(socket, headers['sec-websocket-extensions'] ?? ''))
  return socket
}

/** The whole header: `ws` itself shows the names only. */
function extensionsOf(socket: PackageWebSocket): string {
  return responseHeaders.get(socket) ?? ''
}

function deflateOptions(offer: Offer): PerMessageDeflateOptions {
  return {
    threshold: 0,
    ...(offer.server_no_context_takeover && { serverNoContextTakeover: true }),
    ...(offer.client_no_context_takeover && { clientNoContextTakeover: true }),
    ...(offer.server_max_window_bits !== undefined && { serverMaxWindowBits: offer.server_max_window_bits }),
    ...(typeof offer.client_max_window_bits === 'number' && { clientMaxWindowBits: offer.client_max_window_bits }),
  }
}

function joined(parts: (string | Uint8Array)[]): string | Uint8Array<ArrayBuffer> {
  return typeof parts[0] === 'string' ? parts.join('') : new Uint8Array(Buffer.concat(parts as Uint8Array[]))
}
