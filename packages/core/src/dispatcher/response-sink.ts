// What a framework's ServerResponse writes into instead of the raw socket: it splits the head from the rest and asks where they go.
// It looks enough like a socket for what reads `response.socket`. It must not know upgrades.
import { Writable } from 'node:stream'
import type { Duplex } from 'node:stream'
import { closingHead, splitResponseHead, type ResponseHead } from './response-head.js'

/** Takes the serialised response from its head on; `done` asks for more. */
export type ResponseWriter = (chunk: Buffer, done: () => void) => void

/** Properties of the socket below that code around a response likes to read. */
const SOCKET_PROPERTIES = ['remoteAddress', 'remotePort', 'remoteFamily', 'localAddress', 'localPort', 'localFamily', 'encrypted',
  'authorized', 'alpnProtocol', 'server'] as const

export class ResponseSink extends Writable {
  readonly #judge: (head: ResponseHead) => ResponseWriter
  #head: Buffer = Buffer.alloc(0)
  #write: ResponseWriter | undefined

  /** `judge` is called once, with the final head. */
  constructor(socket: Duplex, judge: (head: ResponseHead) => ResponseWriter) {
    super({ highWaterMark: socket.writableHighWaterMark })
    this.#judge = judge
    for (const property of SOCKET_PROPERTIES) {
      Object.defineProperty(this, property, { get: () => Reflect.get(socket, property), configurable: true })
    }
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#write) return this.#write(chunk, done)
    this.#head = Buffer.concat([this.#head, chunk])
    const split = splitResponseHead(this.#head)
    if (!split) return done()
    this.#head = Buffer.alloc(0)
    this.#write = this.#judge(split.head)
    this.#write(Buffer.concat([closingHead(split.head), split.rest]), done)
  }

  // The tuning of the socket is not for one response to decide; the deadlines of an upgrade are the dispatcher's
  setTimeout(): this { return this }
  setNoDelay(): this { return this }
  setKeepAlive(): this { return this }
  ref(): this { return this }
  unref(): this { return this }
}
