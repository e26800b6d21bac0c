// The HTTP server of an endpoint that has none to attach to: WebSockets on every path, plain requests to the `request`
// handlers, 400 without one.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export class ListeningServer {
  readonly server: Server

  constructor(onRequest: (request: IncomingMessage, response: ServerResponse) => void) {
    this.server = createServer(onRequest)
  }

  /** Resolves when connections are accepted; rejects when the port cannot be had. */
  listen(port: number, host: string | undefined): Promise<AddressInfo> {
    const { server } = this
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, () => {
        server.off('error', reject)
        resolve(server.address() as AddressInfo)
      })
    })
  }

  /** Resolves when the last socket is gone. */
  close(): Promise<void> {
    const { server } = this
    return new Promise((resolve) => {
      server.close(() => resolve())
      server.closeIdleConnections()
    })
  }
}
