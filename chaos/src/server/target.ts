// The server under chaos: one endpoint on a node:http server, and what it does for its visitors. Knows no client.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Connection, WebSocketEndpoint } from '@tocsin/core'
import { Flawed } from './flaws.js'
import { Ledger } from './ledger.js'
import { type ServerTask, endpointOptions } from './task.js'

/** Whoever comes says what it is: `/?kind=good&room=7`. */
interface Visitor {
  readonly kind: string
  readonly room: string | undefined
}

export class Target {
  readonly ledger = new Ledger()
  readonly endpoint: WebSocketEndpoint<Visitor>
  readonly #http: Server
  readonly #host: string
  readonly #flawed: Flawed<Visitor>

  constructor(task: ServerTask) {
    const { headers } = task.deadlines
    this.#host = task.host ?? '127.0.0.1'
    this.#flawed = new Flawed(task.flaw)
    this.#http = createServer({ headersTimeout: headers, connectionsCheckingInterval: headers / 4 }, (request, response) => this.#answer(request, response))
    this.endpoint = this.#makeEndpoint(task)
    this.endpoint.attach(this.#http)
  }

  #makeEndpoint(task: ServerTask): WebSocketEndpoint<Visitor> {
    return new WebSocketEndpoint<Visitor>({
      ...endpointOptions(task),
      upgrade(handshake) {
        const visitor = visitorOf(handshake.request)
        return visitor.kind === 'undecided' ? new Promise(() => {}) : handshake.accept(visitor)
      },
    })
      .on('open', (connection) => this.#onOpen(connection))
      .on('message', (connection, message) => this.#onMessage(connection, message))
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
