// What the tests share: an Express application on a free port, an endpoint that remembers, and raw TCP.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect as connectTcp, type AddressInfo, type Socket } from 'node:net'
import { type Connection, WebSocketEndpoint, type EndpointOptions, type Refusal } from '@tocsin/core'
import express, { type Express } from 'express'
import { onTestFinished } from 'vitest'
import { attach, type AttachOptions } from '@tocsin/express'

export interface Running {
  readonly app: Express
  readonly server: Server
  readonly tocsin: ReturnType<typeof attach>
  readonly port: number
  /** `ws://127.0.0.1:port` */
  readonly origin: string
}

/** An application with `routes`, attached and listening. */
export async function start(routes: (app: Express) => void, options?: AttachOptions): Promise<Running> {
  const app = express()
  routes(app)
  return startOn(createServer(app), app, options)
}

export async function startOn(server: Server, app: Express, options?: AttachOptions): Promise<Running> {
  const tocsin = attach(server, app, options)
  const port = await listen(server)
  onTestFinished(() => tocsin.close({ deadline: 200 }))
  return { app, server, tocsin, port, origin: `ws://127.0.0.1:${port}` }
}

export async function listen(server: Server): Promise<number> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => { server.close(); server.closeAllConnections() })
  return (server.address() as AddressInfo).port
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
  onTestFinished(() => chat.close({ deadline: 200 }))
  return { chat, opened, refusals }
}

/** The head of an upgrade as a browser sends it. */
export function upgradeRequest(path: string, fields: readonly string[] = []): string {
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  const lines = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', key]
  return [`GET ${path} HTTP/1.1`, ...lines, ...fields].join('\r\n') + '\r\n\r\n'
}

export async function connectRaw(port: number, bytes: string | Buffer): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => { socket.destroy() })
  await once(socket, 'connect')
  socket.write(bytes)
  return socket
}

/** Everything until the server ends the connection. */
export async function readToEnd(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk: Buffer) => { text += chunk.toString('latin1') })
  if (!socket.readableEnded) await once(socket, 'end')
  return text
}

export function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => { server.getConnections((error, count) => (error ? reject(error) : resolve(count))) })
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
