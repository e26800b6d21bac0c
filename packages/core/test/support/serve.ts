// A real server with one endpoint on it, a clock of its own, and everything that went wrong in a list.
import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import type { CloseEvent } from '../../src/connection/life.js'
import type { Connection } from '../../src/connection/connection.js'
import { WebSocketEndpoint } from '../../src/endpoint/endpoint.js'
import type { Refusal } from '../../src/endpoint/events.js'
import type { EndpointOptions } from '../../src/endpoint/options.js'
import type { ServerLimits } from '../../src/dispatcher/server-limits.js'
import { Runtime } from '../../src/runtime.js'
import { certificate } from '@tocsin/testing'
import { type VirtualClock, testClock } from './virtual-clock.js'
import { until } from './wait.js'

export interface Served<Data> {
  readonly endpoint: WebSocketEndpoint<Data>
  readonly server: Server
  readonly port: number
  readonly clock: VirtualClock
  readonly runtime: Runtime
  /** Connections in the order in which they opened. */
  readonly opened: Connection<Data>[]
  readonly closed: CloseEvent[]
  readonly refusals: Refusal[]
  /** What the `error` event brought. */
  readonly errors: { error: unknown; connection: Connection<Data> | undefined }[]
  /** The socket on our side of each TCP connection. */
  readonly sockets: Socket[]
  connection(index?: number): Promise<Connection<Data>>
  closeEvent(index?: number): Promise<CloseEvent>
}

export interface ServeOptions {
  readonly path?: string
  readonly secure?: boolean
  readonly limits?: ServerLimits
}

/** Starts a server with an endpoint; all of it ends with the test. */
export async function serve<Data = undefined>(options: EndpointOptions<Data> = {}, where: ServeOptions = {}): Promise<Served<Data>> {
  const clock = testClock()
  const runtime = options.runtime ?? new Runtime({ clock })
  const endpoint = new WebSocketEndpoint<Data>({ runtime, ...options })
  const server = where.secure === true ? (createSecureServer(certificate) as unknown as Server) : createServer()
  const records = record(endpoint, server)
  endpoint.attach(server, { ...where.limits, ...(where.path !== undefined && { path: where.path }) })
  const port = await listen(server)
  onTestFinished(() => {
    server.close()
    for (const socket of records.sockets) socket.destroy()
  })
  return { endpoint, server, port, clock, runtime, ...records }
}

export async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

function record<Data>(endpoint: WebSocketEndpoint<Data>, server: Server) {
  const opened: Connection<Data>[] = []
  const closed: CloseEvent[] = []
  const refusals: Refusal[] = []
  const errors: Served<Data>['errors'] = []
  const sockets: Socket[] = []
  endpoint.on('open', (connection) => { opened.push(connection) })
  endpoint.on('close', (_connection, event) => { closed.push(event) })
  endpoint.on('refused', (_request, refusal) => { refusals.push(refusal) })
  endpoint.on('error', (error, connection) => { errors.push({ error, connection }) })
  server.on('connection', (socket: Socket) => sockets.push(socket))
  const connection = async (index = 0): Promise<Connection<Data>> => {
    await until(() => opened.length > index, 'a connection')
    return opened[index]!
  }
  const closeEvent = async (index = 0): Promise<CloseEvent> => {
    await until(() => closed.length > index, 'a close event')
    return closed[index]!
  }
  return { opened, closed, refusals, errors, sockets, connection, closeEvent }
}
