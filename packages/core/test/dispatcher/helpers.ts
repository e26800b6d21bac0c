// What the tests of the dispatcher share: raw clients over TCP, and the smallest thing that can stand in for an endpoint.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect as connectTcp, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { upgradeDispatcher, type DispatcherOptions } from '../../src/dispatcher/upgrade-dispatcher.js'
import type { PendingUpgrade } from '../../src/dispatcher/pending-upgrade.js'
import type { UpgradeServer } from '../../src/dispatcher/upgrade-server.js'
import { serializeSwitchingProtocols } from '../../src/handshake/response.js'
import { systemClock } from '../../src/connection/clock.js'
import { TimingWheel } from '../../src/connection/timing-wheel.js'

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='

/** A wheel of its own for each test, so that what it left behind can be seen. */
export function scheduler(): { wheel: TimingWheel } {
  return { wheel: new TimingWheel(systemClock) }
}

export async function listen(server: UpgradeServer): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

export async function start(options: DispatcherOptions = {}, server: Server = createServer()) {
  const dispatcher = upgradeDispatcher(server, { runtime: scheduler(), ...options })
  return { server, dispatcher, port: await listen(server) }
}

export function upgradeRequest(path = '/', fields: readonly string[] = []): string {
  const lines = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${KEY}`]
  return [`GET ${path} HTTP/1.1`, ...lines, ...fields].join('\r\n') + '\r\n\r\n'
}

/** A TCP client that remembers everything it was sent. */
export class RawClient {
  readonly socket: Socket
  /** Everything received so far, as latin1. */
  text = ''
  hasEnded = false
  readonly closed: Promise<void>

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => { this.text += chunk.toString('latin1') })
    socket.on('end', () => { this.hasEnded = true })
    socket.on('error', () => {})
    this.closed = new Promise((resolve) => { socket.once('close', () => resolve()) })
    onTestFinished(() => { socket.destroy() })
  }

  async until(pattern: string): Promise<string> {
    await waitUntil(() => this.text.includes(pattern), () => `${JSON.stringify(pattern)} in ${JSON.stringify(this.text.slice(-2_000))}`)
    return this.text
  }

  /** Status of the response that was received, after the server has ended the connection. */
  async answer(): Promise<{ status: number; text: string }> {
    await waitUntil(() => this.hasEnded, () => `an end after ${JSON.stringify(this.text)}`)
    return { status: Number(this.text.slice(9, 12)), text: this.text }
  }
}

export async function connect(port: number, bytes?: string | Buffer): Promise<RawClient> {
  const socket = connectTcp(port, '127.0.0.1')
  const client = new RawClient(socket)
  await once(socket, 'connect')
  if (bytes !== undefined) socket.write(bytes)
  return client
}

export async function waitUntil(condition: () => boolean, what: () => string = () => 'the condition', limit = 4_000): Promise<void> {
  const deadline = Date.now() + limit
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Timed out waiting for ${what()}`)
    await delay(5)
  }
}

export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms) })
}

export function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)))
  })
}

/** Stands in for an endpoint: says 101, then sends back every byte as it is. */
export function establish(upgrade: PendingUpgrade, headers: Record<string, string> = {}): void {
  const { socket, request } = upgrade
  const head = upgrade.take()
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  socket.write(serializeSwitchingProtocols({ key: request.headers['sec-websocket-key'] ?? KEY, headers }))
  if (head.length > 0) socket.write(head)
  socket.on('data', (chunk: Buffer) => socket.write(chunk))
}

/** An upgrade handler that takes everything at once. */
export function takeAll(upgrade: PendingUpgrade): boolean {
  upgrade.claim()
  establish(upgrade)
  return true
}

/** A server whose handler claims and then does nothing, until the test has it do something. */
export async function pending(request = upgradeRequest('/a')) {
  const runtime = scheduler()
  const { server, dispatcher, port } = await start({ runtime })
  const arrived = new Promise<PendingUpgrade>((resolve) => {
    dispatcher.attach('/a', (upgrade) => { upgrade.claim(); resolve(upgrade); return true })
  })
  const client = await connect(port, request)
  return { server, client, runtime, upgrade: await arrived }
}
