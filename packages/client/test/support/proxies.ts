// An HTTP proxy (CONNECT) and a SOCKS5 proxy, just good enough to be gone through. They log where to.
import { type Server, createServer as createHttpServer } from 'node:http'
import { type AddressInfo, type Server as TcpServer, type Socket, connect, createServer } from 'node:net'

export interface Proxy {
  readonly port: number
  readonly log: string[]
  close(): void
}

export async function httpProxy(): Promise<Proxy> {
  const log: string[] = []
  const server = createHttpServer()
  server.on('connect', ({ url = '', headers }, socket) => {
    log.push(`${url} ${headers['proxy-authorization'] ?? ''}`.trim())
    const [, port] = url.split(':')
    join(socket as Socket, connect(Number(port), '127.0.0.1', () => socket.write('HTTP/1.1 200 Connected\r\n\r\n')))
  })
  return listening(server, log)
}

/** RFC 1928, without authentication, with names and IPv4 addresses. */
export async function socksProxy(): Promise<Proxy> {
  const log: string[] = []
  const server = createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.of(5, 0))
      socket.once('data', (request) => {
        const isName = request[3] === 3
        const end = isName ? 5 + request[4]! : 8
        const host = isName ? request.toString('latin1', 5, end) : request.subarray(4, 8).join('.')
        const port = request.readUInt16BE(end)
        log.push(`${host}:${port}`)
        join(socket, connect(port, '127.0.0.1', () => socket.write(Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0))))
      })
    })
  })
  return listening(server, log)
}

function join(one: Socket, other: Socket): void {
  one.on('error', () => other.destroy()).pipe(other)
  other.on('error', () => one.destroy()).pipe(one)
}

async function listening(server: Server | TcpServer, log: string[]): Promise<Proxy> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { port: (server.address() as AddressInfo).port, log, close: () => void server.close() }
}
