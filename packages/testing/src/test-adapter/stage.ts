// One started application of the contract suite and everything a test does to it. Knows clients and servers, no contract.
import assert from 'node:assert/strict'
import type { Server as HttpServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import { type AddressInfo, type Socket, connect as connectTcp } from 'node:net'
import { UpgradeRefusedError } from '../client/errors.js'
import { type RequestOptions, serializeHandshakeRequest } from '../client/handshake-request.js'
import { type HttpResponse, HttpResponseParser } from '../client/http-response.js'
import type { TestClient } from '../client/test-client.js'
import { type ConnectOptions, connect } from '../connect.js'
import type { AdapterApp, AdapterUnderTest, RunningAdapter } from './adapter-under-test.js'
import { certificate } from '../certificate.js'

/** What a test says about its application; the rest is the same for all. */
export type AppOptions = Partial<Pick<AdapterApp, 'upgrades' | 'pages' | 'limits' | 'onServer'>> & {
  readonly isSecure?: boolean
  readonly closing?: Partial<AdapterApp['closing']>
}

const HOST = '127.0.0.1'
const DEADLINE = 2_000
/** How long something may take that should happen soon, in ms. */
const SOON = 4_000

export class Stage {
  readonly running: RunningAdapter
  /** What reached the application's error handler. */
  readonly errors: unknown[]
  readonly #isSecure: boolean
  readonly #clients: TestClient[] = []
  readonly #sockets: Socket[] = []

  private constructor(running: RunningAdapter, errors: unknown[], isSecure: boolean) {
    this.running = running
    this.errors = errors
    this.#isSecure = isSecure
  }

  static async start(adapter: AdapterUnderTest, options: AppOptions): Promise<Stage> {
    const { isSecure = false, upgrades = [], pages = [], limits = {}, closing, onServer = () => {} } = options
    const errors: unknown[] = []
    const tls = isSecure ? certificate : undefined
    const onError = (error: unknown): void => void errors.push(error)
    return new Stage(await adapter.start({ upgrades, pages, tls, limits, closing: { deadline: DEADLINE, ...closing }, onServer, onError }), errors, isSecure)
  }

  get server(): HttpServer | HttpsServer {
    return this.running.server
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get host(): string {
    return `${HOST}:${this.port}`
  }

  /** Opens a WebSocket over TCP or TLS. */
  async connect(path: string, options: ConnectOptions = {}): Promise<TestClient> {
    const tls = this.#isSecure ? { ca: certificate.cert } : false
    const client = await connect({ path, port: this.port, tls, ...options })
    this.#clients.push(client)
    return client
  }

  /** Tries to open a WebSocket and expects a refusal: a whole HTTP response, and no 101. */
  async refusal(path: string, options: ConnectOptions = {}): Promise<UpgradeRefusedError> {
    const outcome = await this.connect(path, options).catch((error: unknown) => error)
    if (outcome instanceof UpgradeRefusedError) return outcome
    throw outcome instanceof Error ? outcome : new assert.AssertionError({ message: `the upgrade of ${path} was not refused` })
  }

  /** A TCP connection on which `bytes` were sent. */
  dial(bytes: string | Uint8Array): Socket {
    const socket = connectTcp(this.port, HOST)
    socket.on('error', () => { /* what a test does to it on purpose */ })
    socket.write(bytes)
    this.#sockets.push(socket)
    return socket
  }

  /** A TCP connection on which the request of an opening handshake was sent. */
  dialUpgrade(path: string, options: RequestOptions = {}): Socket {
    return this.dial(this.upgradeRequest(path, options))
  }

  upgradeRequest(path: string, options: RequestOptions = {}): Buffer {
    return serializeHandshakeRequest({ ...options, path }, this.host).bytes
  }

  /** Sends bytes and waits until the server has ended the connection. @returns all that it sent */
  async converse(bytes: string | Uint8Array): Promise<Buffer> {
    const socket = this.dial(bytes)
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    await within(new Promise<void>((resolve) => { socket.once('close', () => resolve()) }), 'the end of the connection')
    return Buffer.concat(chunks)
  }

  /** A plain request, answered on a connection of its own. */
  async request(line: string, fields: readonly string[] = []): Promise<HttpResponse> {
    const lines = [`${line} HTTP/1.1`, `Host: ${this.host}`, 'Connection: close', ...fields, '', '']
    return wholeResponse(await this.converse(lines.join('\r\n')))
  }

  /** Resolves when the server has as many TCP connections. */
  async hasConnections(expected: number): Promise<void> {
    let count = -1
    const isSo = async (): Promise<boolean> => (count = await connectionsOf(this.server)) === expected
    await eventually(isSo, () => `${expected} connections of the server, not ${count}`)
  }

  /** Ends everything, and makes sure that nothing is left. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.socket.destroy()
    for (const socket of this.#sockets) socket.destroy()
    await within(this.running.close(), 'close() of the adapter')
    await this.hasConnections(0)
    assert.equal(this.server.listening, false, 'close() of the adapter must close the server')
  }
}

/** The one response in these bytes. */
export function wholeResponse(bytes: Buffer): HttpResponse {
  const parser = new HttpResponseParser()
  const response = parser.push(bytes) ?? parser.end()
  assert.ok(response !== undefined, `a whole HTTP response, not ${JSON.stringify(bytes.toString('latin1'))}`)
  return response
}

function connectionsOf(server: HttpServer | HttpsServer): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)))
  })
}

/** Polls until it is true. */
export async function eventually(isTrue: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  const deadline = performance.now() + SOON
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new assert.AssertionError({ message: `within ${SOON} ms: ${what()}` })
    await new Promise<void>((resolve) => { setTimeout(resolve, 5) })
  }
}

/** Rejects when a promise takes longer than `limit` ms. */
export async function within<Value>(promise: Promise<Value>, what: string, limit: number = SOON): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: `within ${limit} ms: ${what}` })), limit)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
