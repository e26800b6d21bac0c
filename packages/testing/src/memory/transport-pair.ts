// Two connected sockets without a port. Knows addresses and sizes.
import { MemorySocket } from './memory-socket.js'

export interface TransportPairOptions {
  /** Of the client, as the server's end says it. @default '127.0.0.1' */
  readonly remoteAddress?: string
  /** @default 49152 */
  readonly remotePort?: number
  /** Of the server. @default '127.0.0.1' */
  readonly localAddress?: string
  /** @default 80, or 443 with `encrypted` */
  readonly localPort?: number
  /** Whether it stands for TLS; nothing is encrypted. @default false */
  readonly encrypted?: boolean
  /** Of each end's stream buffers, in bytes. @default 16_384 */
  readonly highWaterMark?: number
  /** Bytes that may be on their way in each direction before writes wait, as if in the kernel's buffers. @default 65_536 */
  readonly capacity?: number
}

/** Both ends: what is written to one comes out of the other. */
export interface TransportPair {
  readonly client: MemorySocket
  readonly server: MemorySocket
}

/**
 * Makes a connection in memory. `end()` is FIN (half-open is allowed), `resetAndDestroy()` and `destroy(error)` are RST, plain
 * `destroy()` is what closing a socket is: FIN, or RST when bytes were left unread.
 */
export function transportPair(options: TransportPairOptions = {}): TransportPair {
  const { encrypted = false, highWaterMark = 16_384, capacity = 65_536 } = options
  const { remoteAddress = '127.0.0.1', remotePort = 49_152, localAddress = '127.0.0.1', localPort = encrypted ? 443 : 80 } = options
  const common = { encrypted, highWaterMark, capacity }
  const server = new MemorySocket({ ...common, localAddress, localPort, remoteAddress, remotePort })
  const client = new MemorySocket({
    ...common,
    localAddress: remoteAddress,
    localPort: remotePort,
    remoteAddress: localAddress,
    remotePort: localPort,
  })
  MemorySocket.join(client, server)
  return { client, server }
}
