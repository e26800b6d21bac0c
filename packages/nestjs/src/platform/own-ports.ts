// Ports that gateways have for themselves: servers whose upgrades go through the same application. Plain requests find nothing there.
import { Logger } from '@nestjs/common'
import { type CloseOptions, type Dispatching, dispatchUpgrades, type DispatchUpgradesOptions, type RequestHandler } from '@tocsin/core'
import { createServer, type Server } from 'node:http'
import type { Platform } from './platform.js'
import { markPort } from './port-mark.js'

interface OwnPort {
  readonly server: Server
  readonly dispatching: Dispatching
}

export class OwnPorts {
  readonly #platform: Platform
  readonly #options: DispatchUpgradesOptions
  readonly #open = new Map<number, OwnPort>()

  constructor(platform: Platform, options: DispatchUpgradesOptions) {
    this.#platform = platform
    this.#options = options
  }

  /** @param onPlain answers requests that are no upgrades */
  listen(port: number, onPlain: RequestHandler): void {
    if (this.#open.has(port)) return
    const server = createServer((request, response) => void onPlain(request, response, () => {}))
    server.on('error', (error) => new Logger('TocsinAdapter').error(error))
    this.#open.set(port, { server, dispatching: dispatchUpgrades(server, marked(this.#platform, port), this.#options) })
    server.listen(port)
  }

  async close(options: CloseOptions): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ dispatching }) => dispatching.close(options)))
  }
}

export function marked({ handler }: Platform, port: number): RequestHandler {
  return (request, response, done) => {
    markPort(request, port)
    return handler(request, response, done)
  }
}
