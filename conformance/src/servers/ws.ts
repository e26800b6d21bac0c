// Beside Tocsin: the server of `ws`, with compression on as its README shows it, and its limits raised to what the cases need.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { type EchoServer, MESSAGE_LIMIT } from './echo-server.js'

export async function startWs(): Promise<EchoServer> {
  // 0 is no limit: by default more than 16,384 fragments, or Pings that come faster than their Pongs can go, end the connection
  const limits = { maxPayload: MESSAGE_LIMIT, maxFragments: 0, maxPendingAutoPongs: 0 }
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true, ...limits })
  server.on('connection', (socket) => {
    socket.on('error', () => {}).on('message', (data, isBinary) => { socket.send(data, { binary: isBinary }) })
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: new URL(`ws://127.0.0.1:${port}/`), [Symbol.asyncDispose]: () => stop(server) }
}

async function stop(server: WebSocketServer): Promise<void> {
  for (const client of server.clients) client.terminate()
  await new Promise((resolve) => { server.close(resolve) })
}
