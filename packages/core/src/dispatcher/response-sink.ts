// What a framework's ServerResponse writes into instead of the raw socket: it splits the head from the rest and asks where they go.
// It looks enough like a socket for what reads `response.socket`. It must not know upgrades.
import { Buffer } from 'node:buffer'
import { Writable, type Duplex } from 'node:stream'
import { closingHead, splitResponseHead, type ResponseHead } from './response-head.js'

/** Takes the serialised response from its head on; `done` asks for more. */
export type ResponseWriter = (chunk: Buffer, done: () => void) => void

/** Properties of the socket below that code around a response likes to read. */
const SOCKET_PROPERTIES = ['remoteAddress', 'remotePort', 'remoteFamily', 'localAddress', 'localPort', 'localFamily', 'encrypted',
  'authorized', 'alpnProtocol', 'server'] as const

const NOTHING = Buffer.alloc(0)

export class ResponseSink extends Writable {
  readonly #socket: Duplex
  readonly #judge: (head: ResponseHead) => ResponseWriter | undefined
  /** What there is of the head while it is not whole; undefined once it has been judged. */
  #head: Buffer | undefined = NOTHING
  #write: ResponseWriter | undefined

  static {
    // On the prototype: one getter for all responses instead of ten functions for each
    for (const property of SOCKET_PROPERTIES) {
      const get = function (this: ResponseSink): unknown { return Reflect.get(this.#socket, property) }
      Object.defineProperty(this.prototype, property, { get, configurable: true })
    }
  }

  /** `judge` is called once, with the final head, and says who gets everything from there on: undefined for nobody. */
  constructor(socket: Duplex, judge: (head: ResponseHead) => ResponseWriter | undefined) {
    super({ highWaterMark: socket.writableHighWaterMark })
    this.#socket = socket
    this.#judge = judge
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#head !== undefined) this.#collectHead(this.#head, chunk, done)
    else if (this.#write !== undefined) this.#write(chunk, done)
    else done()
  }

  #collectHead(before: Buffer, chunk: Buffer, done: () => void): void {
    this.#head = before.length === 0 ? chunk : Buffer.concat([before, chunk])
    const split = splitResponseHead(this.#head)
    if (split === undefined) return done()
    this.#head = undefined
    this.#write = this.#judge(split.head)
    if (this.#write === undefined) done()
    else this.#write(Buffer.concat([closingHead(split.head), split.rest]), done)
  }

  // The tuning of the socket is not for one response to decide; the deadlines of an upgrade are the dispatcher's
  setTimeout(): this { return this }
  setNoDelay(): this { return this }
  setKeepAlive(): this { return this }
  ref(): this { return this }
  unref(): this { return this }
}
