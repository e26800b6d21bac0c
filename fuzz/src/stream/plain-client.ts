// A client that is plain on purpose: its handshake is written out, and whatever comes is kept as it came, to be read when all is over.
// Knows an in-memory socket; shares nothing with the code under test.
import { Buffer } from 'node:buffer'
import type { WebSocketEndpoint } from '@tocsin/core'
import { injectSocket, resetSocket, settle } from '@tocsin/testing'
import { demand } from '../target.js'

export interface PlainClientOptions {
  /** The value of Sec-WebSocket-Extensions. @default none */
  readonly extensions?: string
  /** What travels with the handshake, in one write. @default nothing */
  readonly head?: Uint8Array
}

export interface PlainClient {
  /** What the 101 says of extensions. */
  readonly extensions: string | undefined
  /** All that came behind the 101. */
  received(): Buffer
  write(bytes: Uint8Array): void
  /** FIN. */
  end(): void
  /** RST. */
  reset(): void
  /** When TCP has ended. */
  readonly closed: Promise<void>
}

const HEAD_END = '\r\n\r\n'
/** Enough turns of the event loop for a handshake in memory. */
const PATIENCE = 20

export async function openPlainClient(endpoint: WebSocketEndpoint, options: PlainClientOptions = {}): Promise<PlainClient> {
  const { extensions, head = Buffer.alloc(0) } = options
  const socket = injectSocket(endpoint)
  const chunks: Buffer[] = []
  const all = (): Buffer => Buffer.concat(chunks)
  const closed = new Promise<void>((resolve) => { socket.once('close', () => resolve()) })
  socket.on('data', (chunk: Buffer) => { chunks.push(chunk) }).on('end', () => socket.end())
  // A server may answer with RST: what came before it counts
  socket.on('error', () => {})
  socket.write(Buffer.concat([Buffer.from(requestFor(extensions), 'latin1'), head]))
  for (let turns = 0; turns < PATIENCE && !all().includes(HEAD_END); turns++) await settle()
  const response = all().toString('latin1').split(HEAD_END, 1)[0]!
  demand(response.startsWith('HTTP/1.1 101 '), () => `no 101: ${response}`)
  return {
    extensions: /^sec-websocket-extensions: *(.*)$/im.exec(response)?.[1],
    received: () => all().subarray(response.length + HEAD_END.length),
    write: (bytes) => { if (socket.writable) socket.write(bytes) },
    end: () => { socket.end() },
    reset: () => { resetSocket(socket) },
    closed,
  }
}

/** RFC 6455 §4.1, with the key of §1.3. */
function requestFor(extensions: string | undefined): string {
  const lines = [
    'GET / HTTP/1.1',
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...(extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`]),
  ]
  return lines.join('\r\n') + HEAD_END
}
