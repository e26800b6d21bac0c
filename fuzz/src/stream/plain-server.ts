// A server that is plain on purpose, with the client under test at the other end of an in-memory socket: its answer is whatever bytes it is
// given, and whatever comes is kept as it came. Shares nothing with the code under test.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { type CloseEvent, WebSocketClient, type WebSocketClientOptions } from '@tocsin/client'
import { type VirtualClock, resetSocket, settle, transportPair, virtualClock } from '@tocsin/testing'
import { demand } from '../target.js'
import type { Event } from './reference.js'

export interface PlainServer {
  readonly client: WebSocketClient
  readonly clock: VirtualClock
  /** What Sec-WebSocket-Accept has to be (RFC 6455 §4.2.2). */
  readonly accept: string
  /** The client's Sec-WebSocket-Extensions. */
  readonly offer: string | undefined
  /** The messages that the application got, in the words of the reference. */
  readonly messages: readonly Event[]
  /** All that came behind the request. */
  received(): Buffer
  /** Piece after piece, each in turns of its own. */
  write(pieces: readonly Uint8Array[]): Promise<void>
  /** FIN. */
  end(): void
  /** RST. */
  reset(): void
  /** The last event of the client, which has to be in its end. */
  over(): Promise<CloseEvent>
}

const HEAD_END = '\r\n\r\n'
/** RFC 6455 §1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
/** Longer than any deadline of a client. */
const FOR_EVER = 120_000

/** With the client's request received. @param options the client's; it echoes, and does not come back */
export async function openPlainServer(options: WebSocketClientOptions): Promise<PlainServer> {
  const { client: theirs, server: socket } = transportPair()
  const clock = virtualClock()
  const limits = { reconnect: false, pingInterval: false, maxQueueSize: Infinity } as const
  const client = new WebSocketClient('ws://localhost/', { ...limits, clock, connect: () => theirs, ...options })
  const chunks: Buffer[] = []
  const all = (): Buffer => Buffer.concat(chunks)
  const messages: Event[] = []
  client.on('message', (message) => {
    messages.push(`${typeof message === 'string' ? 'text' : 'binary'} ${Buffer.from(message as string).toString('hex')}`)
    client.send(message)
  })
  client.opened.catch(() => {})
  socket.on('data', (chunk: Buffer) => { chunks.push(chunk) }).on('end', () => socket.end()).on('error', () => {})
  await settle()
  const request = all().toString('latin1').split(HEAD_END, 1)[0]!
  const key = /^sec-websocket-key: *(.*)$/im.exec(request)?.[1]
  demand(key !== undefined, () => `no request: ${request}`)
  return {
    client,
    clock,
    messages,
    accept: createHash('sha1').update(`${key}${GUID}`).digest('base64'),
    offer: /^sec-websocket-extensions: *(.*)$/im.exec(request)?.[1],
    received: () => all().subarray(request.length + HEAD_END.length),
    async write(pieces) {
      for (const piece of pieces) {
        if (socket.writable) socket.write(piece)
        await settle(1)
      }
    },
    end: () => { socket.end() },
    reset: () => { resetSocket(socket) },
    async over() {
      await settle(20)
      await clock.advanceAsync(FOR_EVER)
      // Nothing ends what is open and well, but its application
      if (client.readyState === 1) client.terminate()
      await settle()
      demand(client.readyState === 3, () => `left behind: a client in state ${client.readyState}`)
      return client.closed
    },
  }
}

/** A 101 as it should be. */
export function rightAnswer({ accept }: PlainServer, extensions?: string): Buffer {
  const lines = [
    'HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept}`,
    ...(extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`]),
  ]
  return Buffer.from(lines.join('\r\n') + HEAD_END, 'latin1')
}
