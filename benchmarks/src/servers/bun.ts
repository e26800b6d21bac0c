// Bun's own server, as its documentation shows it. Runs in Bun only.
import { announce, nextText, task } from './serve.js'

interface Socket {
  send(message: string | Buffer, isCompressed?: boolean): void
  subscribe(topic: string): void
}

interface BunServer {
  readonly port: number
  upgrade(request: Request): boolean
  publish(topic: string, message: string | Buffer, isCompressed?: boolean): void
}

interface BunOptions {
  readonly port: number
  readonly hostname: string
  fetch(request: Request, server: BunServer): Response | undefined
  readonly websocket: {
    readonly perMessageDeflate: boolean
    open(socket: Socket): void
    message(socket: Socket, message: string | Buffer): void
  }
}

const { Bun } = globalThis as unknown as { Bun: { serve(options: BunOptions): BunServer } }
const isCompressed = task.deflate === true

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request, upgrading) => (upgrading.upgrade(request) ? undefined : new Response('WebSocket only', { status: 426 })),
  websocket: {
    perMessageDeflate: isCompressed,
    open: (socket) => socket.subscribe('all'),
    message(socket, message) {
      if (task.does === 'broadcast') for (let i = 0; i < task.perTurn!; i++) server.publish('all', nextText(), isCompressed)
      else if (task.does === 'chat') server.publish('all', message, isCompressed)
      else socket.send(message, isCompressed)
    },
  },
})
announce(server.port)
