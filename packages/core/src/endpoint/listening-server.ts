// The HTTP server of an endpoint that has none to attach to: WebSockets on every path, plain requests to the `request`
// handlers, 400 without one.
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { upgradeDispatcher } from '../dispatcher/upgrade-dispatcher.js'
import type { Runtime } from '../runtime.js'
import type { ResolvedCloseOptions } from './close-options.js'

export class ListeningServer {
  readonly server: Server
  readonly #onError: (error: Error) => void
  #isInUse = false

  /** @param onError hears what goes wrong once it listens, such as a process that has run out of file descriptors */
  constructor(onRequest: (request: IncomingMessage, response: ServerResponse) => void, onError: (error: Error) => void) {
    this.server = createServer(onRequest)
    this.#onError = onError
  }

  /** It listens, or is about to; false again when the port could not be had. */
  get isInUse(): boolean {
    return this.#isInUse
  }

  /** Resolves when connections are accepted; rejects when the port cannot be had. */
  listen(port: number, host: string | undefined): Promise<AddressInfo> {
    const { server } = this
    this.#isInUse = true
    return new Promise((resolve, reject) => {
      const onListening = (): void => {
        server.off('error', onFailed).on('error', this.#onError)
        resolve(server.address() as AddressInfo)
      }
      const onFailed = (error: Error): void => {
        server.off('listening', onListening)
        this.#isInUse = false
        reject(error)
      }
      server.once('error', onFailed).once('listening', onListening).listen(port, host)
    })
  }

  /** Requests in flight may finish. Resolves when the last socket is gone, at the deadline at the latest. */
  close(runtime: Runtime, options: ResolvedCloseOptions): Promise<void> {
    return upgradeDispatcher(this.server, { runtime }).close(options)
  }
}
