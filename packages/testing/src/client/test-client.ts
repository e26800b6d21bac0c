// The client's end of a WebSocket, for tests: shows everything that comes, and sends everything, also what breaks the rules.
// Knows frames and a socket; how that was opened is open-web-socket.ts.
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { CloseFrame, Frame, Opcode, type Payload, pack } from '@tocsin/core/protocol'
import type { Compression } from '@tocsin/core/compression'
import { resetSocket } from '../faults/reset.js'
import type { HttpResponse } from './http-response.js'
import { FrameReader, type FrameReaderOwner } from './frame-reader.js'
import { ReceiveQueue } from './receive-queue.js'

/** How the connection ended, as a browser would tell it. */
export interface ClientCloseEvent {
  /** Of the server's Close frame; 1005 when it had none, 1006 when there was no Close frame. */
  readonly code: number
  readonly reason: string
  /** Whether both Close frames were exchanged before TCP ended without an error. */
  readonly clean: boolean
}

export interface TestClientOptions {
  /** How long `next()` and `nextFrame()` wait, in ms of real time. @default 2_000 */
  readonly timeout?: number
  /** Whether Pings are answered (RFC 6455 §5.5.2). @default true */
  readonly answersPings?: boolean
  /** Whether the server's Close is answered (RFC 6455 §5.5.1). @default true */
  readonly answersClose?: boolean
}

/** @internal */
export interface TestClientInit {
  readonly socket: Duplex
  /** The socket below, where TLS or fault injectors wrap it. */
  readonly raw: Duplex
  readonly response: HttpResponse
  /** Frames that came in the segment of the 101. */
  readonly rest: Buffer
  readonly options: TestClientOptions
  /** What was agreed on, if anything. */
  readonly compression?: Compression | undefined
}

const TIMEOUT = 2_000
/** What a disposal leaves the server for its part of the closing handshake, in ms. */
const DISPOSAL_TIMEOUT = 1_000

/** An established WebSocket, seen from the client. */
export class TestClient implements AsyncDisposable, FrameReaderOwner {
  /** 101. */
  readonly status: number
  /** Of the 101, by lower-case name; `set-cookie` is a list. */
  readonly headers: HttpResponse['headers']
  /** The subprotocol that was agreed on, or ''. */
  readonly subprotocol: string
  /** The extensions that were agreed on, as in the 101, or ''. */
  readonly extensions: string
  /** Every frame that has come, control frames included, in order. */
  readonly frames: (Frame | CloseFrame)[] = []
  /** Settles when TCP has ended; never rejects. */
  readonly closed: Promise<ClientCloseEvent>
  /** The stream below. */
  readonly socket: Duplex
  /** What broke the connection, if something did: a ProtocolError of the server's, or the socket's error. */
  failure: Error | undefined

  readonly #raw: Duplex
  readonly #options: TestClientOptions
  readonly #reader: FrameReader
  readonly #compression: Compression | undefined
  readonly #messages = new ReceiveQueue<string | Buffer>()
  readonly #newFrames = new ReceiveQueue<Frame | CloseFrame>()
  #closeSent = false
  #closeReceived: CloseFrame | undefined

  /** @internal */
  constructor({ socket, raw, response, rest, options, compression }: TestClientInit) {
    this.#compression = compression
    this.#reader = new FrameReader(this, compression)
    this.extensions = String(response.headers['sec-websocket-extensions'] ?? '')
    this.socket = socket
    this.#raw = raw
    this.#options = options
    this.status = response.status
    this.headers = response.headers
    this.subprotocol = String(response.headers['sec-websocket-protocol'] ?? '')
    this.closed = new Promise((resolve) => socket.once('close', () => resolve(this.#onClosed())))
    socket.on('error', (error) => { this.failure ??= error })
    socket.on('end', () => socket.end())
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    if (rest.length > 0) this.#receive(rest)
    socket.resume()
  }

  /** Messages that have come and that nobody has taken yet. */
  get messages(): readonly (string | Buffer)[] {
    return this.#messages.waiting
  }

  /** Whether the server can still be sent something. */
  get isOpen(): boolean {
    return !this.#closeSent && this.#closeReceived === undefined && this.socket.writable
  }

  /**
   * The next message: a string for text, a Buffer for binary.
   * @param timeout in ms of real time @default the option `timeout`
   * @throws TimeoutError, or ConnectionEndedError; both say what came instead
   */
  next(timeout: number = this.#timeout): Promise<string | Buffer> {
    return this.#messages.next({ timeout, awaited: 'message', describe: () => this.#describe() })
  }

  /** The next message, as JSON. @throws SyntaxError for what is none, and as `next()` */
  async nextJson(timeout?: number): Promise<unknown> {
    return JSON.parse(String(await this.next(timeout)))
  }

  /**
   * The next frame that no call has returned yet: of one opcode, or any.
   * @param timeout in ms of real time @default the option `timeout`
   * @throws as `next()`
   */
  nextFrame(opcode?: Opcode, timeout: number = this.#timeout): Promise<Frame | CloseFrame> {
    const awaited = opcode === undefined ? 'frame' : `frame with opcode 0x${opcode.toString(16)}`
    const wants = (frame: Frame): boolean => opcode === undefined || frame.opcode === opcode
    return this.#newFrames.next({ timeout, awaited, describe: () => this.#describe(), wants })
  }

  /** Messages until the connection ends; without a time limit. */
  async *[Symbol.asyncIterator](): AsyncGenerator<string | Buffer, void, undefined> {
    while (!this.#messages.hasEnded || this.messages.length > 0) {
      const message = await this.next(Number.POSITIVE_INFINITY).catch(() => undefined)
      if (message === undefined) return
      yield message
    }
  }

  /**
   * Sends a message: a string as text, bytes as binary; `fin: false` for a first fragment, which is never compressed. Where compression
   * was agreed on, `compress` decides, by default the `threshold`. @returns false when TCP has ended
   */
  send(data: Payload, { fin = true, compress }: { readonly fin?: boolean; readonly compress?: boolean } = {}): boolean {
    const deflated = fin ? this.#deflate(data, compress) : undefined
    if (deflated === undefined) return this.write(pack(data, { fin, mask: true }))
    return this.write(pack(deflated, { opcode: typeof data === 'string' ? Opcode.Text : Opcode.Binary, rsv1: true, mask: true }))
  }

  #deflate(data: Payload, compress: boolean | undefined): Buffer | undefined {
    const bytes = Buffer.from(data as Uint8Array)
    return this.#compression?.wants(bytes, compress) === true ? this.#compression.deflater.deflate(bytes) : undefined
  }

  /** Sends one frame, masked (RFC 6455 §5.3). @returns false when TCP has ended */
  sendFrame(frame: Frame): boolean {
    if (frame.opcode === Opcode.Close) this.#closeSent = true
    return this.write(pack(frame, { mask: true }))
  }

  /** Writes bytes as they are: unmasked frames, half frames, garbage. @returns false when TCP has ended */
  write(bytes: Uint8Array): boolean {
    if (!this.socket.writable) return false
    this.socket.write(bytes)
    return true
  }

  ping(payload: Payload = ''): boolean {
    return this.sendFrame(new Frame({ opcode: Opcode.Ping, payload }))
  }

  pong(payload: Payload = ''): boolean {
    return this.sendFrame(new Frame({ opcode: Opcode.Pong, payload }))
  }

  /** Starts or answers the closing handshake. @returns `closed`: it is the server that ends TCP (RFC 6455 §7.1.1) */
  close(code = 1000, reason = ''): Promise<ClientCloseEvent> {
    if (!this.#closeSent) this.sendFrame(new CloseFrame(code, reason))
    return this.closed
  }

  /** Sends FIN without a Close frame. */
  end(): Promise<ClientCloseEvent> {
    this.socket.end()
    return this.closed
  }

  /** Sends RST. */
  reset(): Promise<ClientCloseEvent> {
    resetSocket(this.#raw)
    return this.closed
  }

  /** Stops reading; when the buffers between are full, the server's writes wait. */
  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  /** Closes; a server that does not answer within a second is cut off. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.socket.destroy(), DISPOSAL_TIMEOUT)
    this.resume()
    await this.close()
    clearTimeout(timer)
  }

  get #timeout(): number {
    return this.#options.timeout ?? TIMEOUT
  }

  #receive(chunk: Buffer): void {
    if (this.failure !== undefined) return
    try {
      this.#reader.push(chunk)
    } catch (error) {
      this.failure = error as Error
      this.socket.destroy()
    }
  }

  /** @internal */
  onMessage(message: string | Buffer): void {
    this.#messages.push(message)
  }

  /** @internal */
  onFrame(frame: Frame | CloseFrame): void {
    this.frames.push(frame)
    this.#newFrames.push(frame)
    if (frame instanceof CloseFrame) this.#onClose(frame)
    else if (frame.opcode === Opcode.Ping && this.#options.answersPings !== false) this.pong(frame.payload)
  }

  #onClose(frame: CloseFrame): void {
    this.#closeReceived ??= frame
    if (!this.#closeSent && this.#options.answersClose !== false) this.sendFrame(new CloseFrame(frame.code))
  }

  #onClosed(): ClientCloseEvent {
    this.#messages.end(this.failure)
    this.#newFrames.end(this.failure)
    this.#compression?.close()
    const { code, reason } = this.#closeReceived ?? { code: 1006, reason: '' }
    return { code, reason, clean: this.#closeReceived !== undefined && this.#closeSent && this.failure === undefined }
  }

  #describe(): string {
    const close = this.#closeReceived
    const closing = close === undefined ? 'no Close frame' : `Close ${close.code} ${JSON.stringify(close.reason)}`
    const failure = this.failure === undefined ? '' : `, ${this.failure.message}`
    return `${this.frames.length} frame${this.frames.length === 1 ? '' : 's'} came, ${closing}${failure}`
  }
}
