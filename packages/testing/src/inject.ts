// A WebSocket to a server that listens on no port: an in-memory socket is given to the HTTP server, so that real HTTP parsing,
// routing and handshake run. Knows servers and endpoints by their public doors.
import { type Server as HttpServer, createServer } from 'node:http'
import type { Server as HttpsServer } from 'node:https'
import type { WebSocketEndpoint } from '@tocsin/core'
import { type OpenOptions, openWebSocket } from './client/open-web-socket.js'
import type { TestClient } from './client/test-client.js'
import type { MemorySocket } from './memory/memory-socket.js'
import { type TransportPairOptions, transportPair } from './memory/transport-pair.js'

/** An endpoint, or a server with whatever is attached to it: endpoints, an adapter, other libraries. */
export type InjectTarget<Data = never> = WebSocketEndpoint<Data> | HttpServer | HttpsServer

export interface InjectOptions extends OpenOptions, TransportPairOptions {}

/**
 * Opens a WebSocket without a port.
 * @param target an endpoint alone gets a private HTTP server, where it serves every path
 * @param options a path is short for `{ path }`
 * @throws UpgradeRefusedError with status, headers and body; otherwise as `openWebSocket`
 */
export function inject<Data>(target: InjectTarget<Data>, options: string | InjectOptions = {}): Promise<TestClient> {
  const given = typeof options === 'string' ? { path: options } : options
  return openWebSocket({ socket: injectSocket(target, given) }, given)
}

/** Connects without a port and sends nothing yet. @returns the client's end, for bytes by hand */
export function injectSocket<Data>(target: InjectTarget<Data>, options: TransportPairOptions = {}): MemorySocket {
  const server = isServer(target) ? target : serverFor(target)
  // An https server takes sockets behind their TLS handshake by an event of its own
  const isSecure = server.listenerCount('secureConnection') > 0
  const pair = transportPair({ ...options, encrypted: options.encrypted ?? isSecure })
  // As a TLS socket has it: an http2 server that allows HTTP/1.1 looks there
  Reflect.set(pair.server, 'server', server)
  server.emit(isSecure ? 'secureConnection' : 'connection', pair.server)
  return pair.client
}

function isServer<Data>(target: InjectTarget<Data>): target is HttpServer | HttpsServer {
  return 'listenerCount' in target
}

function serverFor<Data>(endpoint: WebSocketEndpoint<Data>): HttpServer {
  const server = createServer()
  endpoint.attach(server)
  return server
}
