// A client that is nothing but a socket: it does the opening handshake by hand, sends any bytes, and keeps every frame.
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type Socket, connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { onTestFinished } from 'vitest'
import { CloseFrame, Frame, Opcode, type Payload, pack, unpack } from '../../src/protocol/index.js'
import { until } from './wait.js'

export const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const HEAD_END = '\r\n\r\n'

export interface PeerOptions {
  readonly path?: string
  /** Further header lines. */
  readonly headers?: readonly string[]
  /** Sent in the handshake's own segment. */
  readonly extra?: Buffer
  readonly secure?: boolean
  /** Never closes TCP by itself: FIN is not answered. */
  readonly lingers?: boolean
}

export function upgradeRequest({ path = '/', headers = [] }: PeerOptions = {}): string {
  const lines = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${KEY}`]
  return [`GET ${path} HTTP/1.1`, ...lines, ...headers].join('\r\n') + HEAD_END
}

/** A frame as a client sends it. */
export function masked(data: Frame | Payload, options: { fin?: boolean; opcode?: Opcode } = {}): Buffer {
  return pack(data, { ...options, mask: true })
}

export class RawPeer {
  readonly socket: Socket
  /** The head of the server's answer; '' before it has come. */
  head = ''
  /** What followed a head that is no 101. */
  body = ''
  readonly frames: Frame[] = []
  /** Pieces in which bytes arrived after the head. */
  chunks = 0
  hasEnded = false
  isClosed = false
  #rest: Buffer = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('end', () => { this.hasEnded = true })
    socket.on('error', () => {})
    socket.on('close', () => { this.isClosed = true })
    onTestFinished(() => { socket.destroy() })
  }

  get status(): number {
    return Number(this.head.slice(9, 12))
  }

  header(name: string): string | undefined {
    return this.headers(name)[0]
  }

  headers(name: string): string[] {
    const prefix = `${name.toLowerCase()}: `
    return this.head.split('\r\n').filter((line) => line.toLowerCase().startsWith(prefix)).map((line) => line.slice(prefix.length))
  }

  /** Text of the text frames so far. */
  get texts(): string[] {
    return this.frames.filter(({ opcode }) => opcode === Opcode.Text).map(({ payload }) => payload.toString())
  }

  /** The Close frame, when it has come. */
  get close(): CloseFrame | undefined {
    return this.frames.find((frame) => frame instanceof CloseFrame)
  }

  /** Each as a masked frame, all in one write. */
  send(...data: (Frame | Payload)[]): void {
    this.socket.write(Buffer.concat(data.map((one) => masked(one))))
  }

  ping(payload = ''): void {
    this.send(new Frame({ opcode: Opcode.Ping, payload }))
  }

  /** Does its part of the closing handshake. */
  sendClose(code = 1000, reason = ''): void {
    this.send(new CloseFrame(code, reason))
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy()
  }

  async frame(index: number): Promise<Frame> {
    await until(() => this.frames.length > index, () => `frame ${index}; there are ${this.frames.length}`)
    return this.frames[index]!
  }

  async closeFrame(): Promise<CloseFrame> {
    await until(() => this.close !== undefined, 'a Close frame')
    return this.close!
  }

  async answered(): Promise<this> {
    await until(() => this.head !== '', 'an answer')
    return this
  }

  /** The whole refusal. */
  async refused(): Promise<this> {
    await until(() => this.head !== '' && this.hasEnded, () => `a refusal in ${JSON.stringify(this.head)}`)
    return this
  }

  async ended(): Promise<void> {
    await until(() => this.hasEnded || this.isClosed, 'FIN')
  }

  async closed(): Promise<void> {
    await until(() => this.isClosed, 'the end of TCP')
  }

  #take(chunk: Buffer): void {
    let rest = Buffer.concat([this.#rest, chunk])
    if (this.head === '') {
      const end = rest.indexOf(HEAD_END)
      this.#rest = rest
      if (end < 0) return
      this.head = rest.toString('latin1', 0, end)
      rest = rest.subarray(end + HEAD_END.length)
    }
    if (rest.length > 0) this.chunks++
    if (this.status !== 101) this.body += rest.toString()
    else for (let frame = unpack(rest); frame !== null; frame = unpack(rest)) {
      this.frames.push(frame.frame)
      rest = rest.subarray(frame.bytesConsumed)
    }
    this.#rest = this.status === 101 ? rest : Buffer.alloc(0)
  }
}

/** TCP or TLS only; nothing is sent yet. */
export async function connectRaw(port: number, { secure = false, lingers = false }: PeerOptions = {}): Promise<RawPeer> {
  const options = { port, host: '127.0.0.1', rejectUnauthorized: false, allowHalfOpen: lingers }
  const socket = secure ? connectTls(options) : connectTcp(options)
  const peer = new RawPeer(socket)
  await once(socket, secure ? 'secureConnect' : 'connect')
  return peer
}

/** Sends the request; the answer may be anything. */
export async function request(port: number, options: PeerOptions = {}): Promise<RawPeer> {
  const peer = await connectRaw(port, options)
  peer.socket.write(Buffer.concat([Buffer.from(upgradeRequest(options), 'latin1'), options.extra ?? Buffer.alloc(0)]))
  return peer
}

/** An established WebSocket. */
export async function dial(port: number, options: PeerOptions = {}): Promise<RawPeer> {
  const peer = await (await request(port, options)).answered()
  if (peer.status !== 101) throw new Error(`refused: ${peer.head}`)
  return peer
}
