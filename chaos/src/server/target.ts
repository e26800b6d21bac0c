// The server under chaos: an endpoint on a node:http server, a guarded one beside it, and what they do for their visitors. Knows no client.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Connection, type EndpointOptions, type EndpointStats, WebSocketEndpoint } from '@tocsin/core'
import { Flawed } from './flaws.js'
import { Ledger } from './ledger.js'
import { MAX_PER_ADDRESS, type ServerTask, endpointOptions, guardedOptions } from './task.js'

/** Whoever comes says what it is: `/?kind=good&room=7`. */
interface Visitor {
  readonly kind: string
  readonly room: string | undefined
}

export class Target {
  readonly ledger = new Ledger()
  readonly endpoint: WebSocketEndpoint<Visitor>
  readonly #guarded: WebSocketEndpoint<Visitor>
  readonly #http: Server
  readonly #host: string
  readonly #flawed: Flawed<Visitor>

  constructor(task: ServerTask) {
    const { headers } = task.deadlines
    this.#host = task.host ?? '127.0.0.1'
    this.#flawed = new Flawed(task.flaw)
    this.#http = createServer({ headersTimeout: headers, connectionsCheckingInterval: headers / 4 }, (request, response) => this.#answer(request, response))
    this.endpoint = this.#makeEndpoint(endpointOptions(task)).on('message', (connection, message) => this.#onMessage(connection, message))
    this.endpoint.attach(this.#http, { maxConnectionsPerAddress: MAX_PER_ADDRESS })
    this.#guarded = this.#makeEndpoint(guardedOptions(task)).on('message', onGuardedMessage)
    this.#guarded.attach(this.#http, { path: '/guarded' })
  }

  /** Of both. */
  stats(): EndpointStats {
    const guarded = this.#guarded.stats() as unknown as Record<string, number>
    const sums = Object.entries(this.endpoint.stats()).map(([name, count]) => [name, (count as number) + guarded[name]!])
    return Object.fromEntries(sums) as unknown as EndpointStats
  }

  #makeEndpoint(options: EndpointOptions<never>): WebSocketEndpoint<Visitor> {
    return new WebSocketEndpoint<Visitor>({
      ...options,
      upgrade(handshake) {
        const visitor = visitorOf(handshake.request)
        return visitor.kind === 'undecided' ? new Promise(() => {}) : handshake.accept(visitor)
      },
    })
      .on('open', (connection) => this.#onOpen(connection))
      .on('close', (connection, { code }) => {
        this.ledger.onClose(connection.data.kind, code)
        this.#flawed.onClosed(connection)
      })
      .on('refused', (request, { status }) => this.ledger.onRefused(visitorOf(request).kind, status))
      .on('error', (error) => this.ledger.onError(error))
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.#http.listen({ port: 0, host: this.#host, backlog: 4096 }, () => resolve((this.#http.address() as AddressInfo).port))
    })
  }

  #onOpen(connection: Connection<Visitor>): void {
    const { kind, room } = connection.data
    this.ledger.onOpen(kind)
    if (room === undefined) return
    connection.subscribe(room)
    connection.subscribe('everybody')
  }

  /** `room ...` goes to the visitor's room, `flood n size` asks for that many messages, the rest comes back. */
  #onMessage(connection: Connection<Visitor>, message: string | Buffer): void {
    const { room } = connection.data
    if (typeof message === 'string' && room !== undefined && message.startsWith('room ')) {
      return void this.endpoint.publish(room, message, this.#flawed.exceptFor(connection))
    }
    if (typeof message === 'string' && message.startsWith('flood ')) return flood(connection, message)
    this.#flawed.echo(connection, message)
  }

  /** POST /announce: to all rooms; POST /shout: to every connection; GET /ledger/kind: what became of that kind. */
  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (request.method === 'GET') return void response.end(JSON.stringify(this.ledger.entries[request.url!.slice('/ledger/'.length)] ?? null))
    let text = ''
    request.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
    request.on('end', () => {
      const delivered = request.url === '/shout' ? this.endpoint.broadcast(text) : this.endpoint.publish('everybody', text)
      response.end(JSON.stringify({ delivered }))
    })
  }
}

/** Whoever has said who he is gets his messages back. */
function onGuardedMessage(connection: Connection<Visitor>, message: string | Buffer): void {
  if (connection.isAuthenticated) connection.send(message)
  else if (typeof message === 'string' && message.startsWith('I am ')) connection.authenticate(connection.data)
}

function visitorOf({ url = '/' }: IncomingMessage): Visitor {
  const { searchParams } = new URL(url, 'http://localhost')
  return { kind: searchParams.get('kind') ?? 'unknown', room: searchParams.get('room') ?? undefined }
}

/** All at once, or as many as the connection takes. */
function flood(connection: Connection<Visitor>, order: string): void {
  const [, messages = '0', size = '0'] = order.split(' ')
  const payload = 'f'.repeat(Number(size))
  let left = Number(messages)
  while (left-- > 0 && connection.send(payload));
}
