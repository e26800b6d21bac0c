// What the tests share: a Fastify application with the plug-in, reached over TCP or without a port, and endpoints that remember.
import type { AddressInfo } from 'node:net'
import { type Connection, type EndpointOptions, type Refusal, WebSocketEndpoint } from '@tocsin/core'
import { type ConnectOptions, type TestClient, UpgradeRefusedError, connect } from '@tocsin/testing'
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { onTestFinished } from 'vitest'
import { type WebSocketPluginOptions, websocket } from '@tocsin/fastify'

export interface Settings {
  /** Options of Fastify itself. */
  readonly fastify?: FastifyServerOptions & Record<string, unknown>
  readonly plugin?: WebSocketPluginOptions
}

export interface Running {
  readonly app: FastifyInstance
  readonly port: number
  open(path: string, options?: ConnectOptions): Promise<TestClient>
  refusal(path: string, options?: ConnectOptions): Promise<UpgradeRefusedError>
}

/** An application with the plug-in and what `build` adds, not listening. */
export async function application(build: (app: FastifyInstance) => unknown, settings: Settings = {}): Promise<FastifyInstance> {
  const app = fastify(settings.fastify as FastifyServerOptions)
  onTestFinished(() => app.close())
  await app.register(websocket, { deadline: 500, ...settings.plugin })
  await build(app)
  return app
}

/** The same on a port. */
export async function start(build: (app: FastifyInstance) => unknown, settings: Settings = {}): Promise<Running> {
  const app = await application(build, settings)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const open = async (path: string, options: ConnectOptions = {}): Promise<TestClient> => {
    const client = await connect({ path, port, ...options })
    onTestFinished(() => { client.socket.destroy() })
    return client
  }
  return { app, port, open, refusal: (path, options) => refused(open(path, options)) }
}

/** The refusal of a handshake that must not succeed. */
export async function refused(opening: Promise<TestClient>): Promise<UpgradeRefusedError> {
  const outcome = await opening.catch((error: unknown) => error)
  if (outcome instanceof UpgradeRefusedError) return outcome
  throw outcome instanceof Error ? outcome : new Error('it was accepted')
}

export interface Recorder<Data> {
  readonly chat: WebSocketEndpoint<Data>
  readonly opened: Connection<Data>[]
  readonly refusals: Refusal[]
}

/** An endpoint that sends back every message. */
export function recorder<Data = undefined>(options: EndpointOptions<Data> = {}): Recorder<Data> {
  const chat = new WebSocketEndpoint<Data>(options)
  const opened: Connection<Data>[] = []
  const refusals: Refusal[] = []
  chat.on('open', (connection) => { opened.push(connection) })
  chat.on('message', (connection, message) => { connection.send(message) })
  chat.on('refused', (_request, refusal) => { refusals.push(refusal) })
  return { chat, opened, refusals }
}

export async function echoOf(client: TestClient, text = 'hello'): Promise<unknown> {
  client.send(text)
  return client.next()
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms) })
}

export async function waitUntil(condition: () => boolean, limit = 4_000): Promise<void> {
  const deadline = Date.now() + limit
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Timed out waiting for ${condition.toString()}`)
    await delay(5)
  }
}
