// A server by hand, in memory: shows what the client sent, and answers with whatever bytes a test wants. Knows no rules.
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { acceptKey } from '@tocsin/core/handshake'
import { CloseFrame, Frame, type FrameInit, Opcode, pack, unpack } from '@tocsin/core/protocol'
import { settle, transportPair } from '@tocsin/testing'
import { WebSocketClient, type WebSocketClientOptions } from '../../src/index.js'

/** One connection, seen from the server. */
export class RawPeer {
  readonly socket: Duplex
  #bytes = Buffer.alloc(0)
  hasEnded = false
  /** Every byte that has come. */
  received = 0

  constructor(socket: Duplex) {
    this.socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length
      this.#bytes = Buffer.concat([this.#bytes, chunk])
    })
    socket.on('error', () => undefined)
    socket.on('end', () => { this.hasEnded = true })
  }

  /** The head of the request, without the empty line; takes it off. */
  async request(): Promise<string> {
    await settle()
    const end = this.#bytes.indexOf('\r\n\r\n')
    if (end < 0) throw new Error(`no request came: ${this.#bytes.toString('latin1')}`)
    const head = this.#bytes.toString('latin1', 0, end)
    this.#bytes = this.#bytes.subarray(end + 4)
    return head
  }

  /** Answers with a 101, other fields or none in place of its own ones, and frames in the same segment. */
  async accept({ fields = {}, statusLine = 'HTTP/1.1 101 Switching Protocols', rest = [] }: AcceptOptions = {}): Promise<string> {
    const head = await this.request()
    const key = /^Sec-WebSocket-Key: (.*)$/m.exec(head)?.[1]?.trim() ?? ''
    const all = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': acceptKey(key), ...fields }
    const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [value].flat().map((each) => `${name}: ${each}`)))
    this.socket.write(Buffer.concat([Buffer.from([statusLine, ...lines, '', ''].join('\r\n'), 'latin1'), ...rest]))
    await settle()
    return head
  }

  async write(bytes: string | Uint8Array): Promise<void> {
    if (this.socket.writable) this.socket.write(bytes)
    await settle()
  }

  /** Unmasked, as a server sends. */
  send(frame: Frame | FrameInit): Promise<void> {
    return this.write(pack(frame instanceof Frame ? frame : new Frame(frame)))
  }

  /** The frames that have come and were not taken yet, and whether each was masked. */
  async frames(): Promise<{ readonly frame: Frame; readonly masked: boolean }[]> {
    await settle()
    const frames = []
    for (let next = unpack(this.#bytes); next !== null; next = unpack(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(next.bytesConsumed)
      frames.push({ frame: next.frame, masked: next.masked })
    }
    return frames
  }

  /** The texts among them. */
  async texts(): Promise<string[]> {
    return (await this.frames()).filter(({ frame }) => frame.opcode === Opcode.Text).map(({ frame }) => frame.payload.toString())
  }

  /** The codes of the Close frames among them. */
  async closeCodes(): Promise<number[]> {
    return (await this.frames()).flatMap(({ frame }) => (frame instanceof CloseFrame ? [frame.code] : []))
  }
}

export interface AcceptOptions {
  readonly fields?: Record<string, string | readonly string[] | undefined>
  readonly statusLine?: string
  readonly rest?: readonly Uint8Array[]
}

export interface RawServer {
  readonly client: WebSocketClient
  /** One for each attempt, in order. */
  readonly peers: RawPeer[]
  /** The latest one. */
  readonly peer: RawPeer
}

export type RawOptions = WebSocketClientOptions & { readonly url?: ConstructorParameters<typeof WebSocketClient>[0]; readonly capacity?: number }

/** A client whose every attempt ends at a RawPeer. Without further word it does not reconnect. */
export function rawServer({ url = 'ws://server.example/chat', capacity, ...options }: RawOptions = {}): RawServer {
  const peers: RawPeer[] = []
  const connect = (): Duplex => {
    const pair = transportPair(capacity === undefined ? {} : { capacity })
    peers.push(new RawPeer(pair.server))
    return pair.client
  }
  const client = new WebSocketClient(url, { reconnect: false, connect, ...options })
  client.opened.catch(() => undefined)
  return { client, peers, get peer() { return peers.at(-1)! } }
}

/** The same, open. */
export async function openRaw(options: RawOptions & { readonly accept?: AcceptOptions } = {}): Promise<RawServer> {
  const { accept, ...others } = options
  const server = rawServer(others)
  await settle()
  await server.peer.accept(accept)
  return server
}
