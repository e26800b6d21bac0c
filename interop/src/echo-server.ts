// Our side: one HTTP and one HTTPS server with the same endpoints, which echo. Tests hold each connection by the number in its URL.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { type CloseEvent, type Connection, type EndpointOptions, WebSocketEndpoint } from '@tocsin/core'
import { certificate } from '@tocsin/testing'

/** One connection as the server sees it. */
export interface Visit {
  readonly connection: Connection
  readonly request: IncomingMessage
  readonly pings: string[]
  readonly pongs: string[]
  readonly closed: Promise<CloseEvent>
  readonly endpoint: WebSocketEndpoint
}

interface KeptVisit extends Visit {
  readonly end: (event: CloseEvent) => void
}

const LONGEST = 16 << 20
const QUIET: EndpointOptions<undefined> = {
  maxMessageSize: LONGEST,
  maxBufferedAmount: 4 * LONGEST,
  heartbeat: false,
  subprotocols: ['chat.v2', 'chat.v1'],
  trustedProxies: ['loopback'],
}
const TAKEOVER = { serverNoContextTakeover: false, clientNoContextTakeover: false, threshold: 0 }

/** By path. A heartbeat only where it is what the test is about. */
const ENDPOINTS = {
  '/plain': QUIET,
  '/patient': { ...QUIET, heartbeat: { interval: 2_000, timeout: 20_000 } },
  '/impatient': QUIET,
  '/refusing': { ...QUIET, upgrade: (handshake) => handshake.reject(Number(queryOf(handshake.request).get('status'))) },
  '/deflate': { ...QUIET, compression: true },
  '/deflate/takeover': { ...QUIET, compression: TAKEOVER },
  '/deflate/narrow': { ...QUIET, compression: { ...TAKEOVER, serverMaxWindowBits: 9, clientMaxWindowBits: 9 } },
  '/deflate/best': { ...QUIET, compression: { serverMaxWindowBits: 12, level: 9, threshold: 0 } },
} as const satisfies Record<string, EndpointOptions<undefined>>

export type EndpointPath = keyof typeof ENDPOINTS

const AGENT = readFileSync(new URL('agents/web-socket.js', import.meta.url))
const PAGE = `<!doctype html><title>interop</title><script type="module">
import { webSocketAgent } from '/agent.js'
globalThis.agent = webSocketAgent((url, { subprotocols = [] }) => new WebSocket(url, subprotocols))
</script>`

export class EchoServer {
  readonly #endpoints: WebSocketEndpoint[] = []
  readonly #sockets = new Set<Socket>()
  readonly #visits = new Map<string, Visit>()
  readonly #plain = createServer(answerPage)
  readonly #secure = createSecureServer(certificate, answerPage)

  static async start(): Promise<EchoServer> {
    const started = new EchoServer()
    for (const [path, options] of Object.entries(ENDPOINTS)) started.#attach(path, options)
    await Promise.all([started.#listen(started.#plain), started.#listen(started.#secure)])
    return started
  }

  get port(): number {
    return (this.#plain.address() as AddressInfo).port
  }

  origin(scheme: 'http' | 'https'): string {
    const server = scheme === 'http' ? this.#plain : this.#secure
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  /** The connection that was opened with `?visit=number`; undefined until `open` has come. */
  visit(number: number): Visit | undefined {
    return this.#visits.get(String(number))
  }

  async stop(): Promise<void> {
    for (const endpoint of this.#endpoints) for (const connection of endpoint.connections) connection.terminate()
    this.#plain.close()
    this.#secure.close()
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.close()))
  }

  #attach(path: string, options: EndpointOptions<undefined>): void {
    const endpoint = new WebSocketEndpoint({ name: path, ...options })
    const visits = new WeakMap<Connection, KeptVisit>()
    this.#endpoints.push(endpoint)
    endpoint.on('open', (connection, request) => {
      const visit = keep(endpoint, connection, request)
      visits.set(connection, visit)
      this.#visits.set(queryOf(request).get('visit') ?? '', visit)
    })
    endpoint.on('message', (connection, message) => { connection.send(message) })
    endpoint.on('ping', (connection, payload) => { visits.get(connection)?.pings.push(payload.toString()) })
    endpoint.on('pong', (connection, payload) => { visits.get(connection)?.pongs.push(payload.toString()) })
    endpoint.on('close', (connection, event) => { visits.get(connection)?.end(event) })
    endpoint.attach(this.#plain, { path }).attach(this.#secure, { path })
  }

  async #listen(server: Server): Promise<void> {
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
  }
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  return new URL(url, 'http://host').searchParams
}

function keep(endpoint: WebSocketEndpoint, connection: Connection, request: IncomingMessage): KeptVisit {
  let end!: (event: CloseEvent) => void
  const closed = new Promise<CloseEvent>((resolve) => { end = resolve })
  return { endpoint, connection, request, pings: [], pongs: [], closed, end }
}

function answerPage(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/') response.writeHead(200, { 'Content-Type': 'text/html' }).end(PAGE)
  else if (request.url === '/agent.js') response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(AGENT)
  else response.writeHead(404).end()
}
