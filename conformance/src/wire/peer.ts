// The client's end of one TCP connection: writes raw bytes and tells, one after the other, what the server sent. Knows no rule
// of its own; frame-reader.ts and handshake.ts judge.
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type Socket, connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type Bytes, PONG, frame, slices } from './frame.js'
import { FrameReader } from './frame-reader.js'
import { type Answer, type RequestFields, type RequestLine, faultOf, randomKey, readAnswer, requestHead } from './handshake.js'
import { END, type Seen } from './seen.js'

/** The server under test. */
export interface Target {
  readonly url: URL
  /** How long a case waits for one thing, in ms. */
  readonly timeout: number
}

/** The server did something else than the case demands. */
export class Mismatch extends Error {}

export class Peer {
  readonly #target: Target
  readonly #socket: Socket
  readonly #seen: Seen[] = []
  readonly #reader = new FrameReader((seen, payload) => this.#onSeen(seen, payload))
  #head: Buffer | undefined = Buffer.alloc(0)
  #answer: Answer | undefined
  #wake: () => void = () => {}

  private constructor(target: Target, socket: Socket) {
    this.#target = target
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => this.#onData(chunk))
    socket.on('end', () => this.#push(END))
    socket.on('error', (error) => this.#push(`socket: ${error.message}`))
  }

  /** TCP only: the case sends its own handshake. */
  static async connect(target: Target): Promise<Peer> {
    const { url } = target
    const isSecure = url.protocol === 'wss:' || url.protocol === 'https:'
    const place = { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || (isSecure ? 443 : 80)), allowHalfOpen: true }
    const socket = isSecure ? connectTls({ ...place, servername: place.host }) : connectTcp(place)
    await once(socket, isSecure ? 'secureConnect' : 'connect')
    return new Peer(target, socket)
  }

  /** With the handshake done. */
  static async open(target: Target): Promise<Peer> {
    const peer = await Peer.connect(target)
    const key = randomKey()
    const problem = faultOf(await peer.request({ 'Sec-WebSocket-Key': key }), key)
    if (problem !== undefined) throw new Mismatch(problem)
    return peer
  }

  request(fields: RequestFields, line?: RequestLine): Promise<Answer> {
    this.write(requestHead(this.#target.url, fields, line))
    return this.answer()
  }

  write(bytes: Bytes): void {
    if (this.#socket.writable) this.#socket.write(bytes)
  }

  /** Each piece in a segment of its own, as far as a program can have that. */
  async writeInPieces(bytes: Bytes, size: number): Promise<void> {
    for (const piece of slices(bytes, size)) {
      this.write(piece)
      await new Promise((resolve) => { setImmediate(resolve) })
    }
  }

  /** FIN. */
  end(): void {
    this.#socket.end()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  /** The head of the answer to the handshake. */
  async answer(): Promise<Answer> {
    await this.#until(() => this.#answer !== undefined || this.#seen.length > 0)
    if (this.#answer === undefined) throw new Mismatch(`no answer to the handshake: ${this.#seen[0] ?? 'nothing came'}`)
    return this.#answer
  }

  /** The next thing that the server sends. */
  async next(): Promise<Seen> {
    await this.#until(() => this.#seen.length > 0)
    return this.#seen.shift() ?? `nothing within ${this.#target.timeout} ms`
  }

  /** Demands these things next, in this order; a list allows any of its members. */
  async expect(...things: readonly (Seen | readonly Seen[])[]): Promise<void> {
    for (const thing of things) {
      const allowed = [thing].flat()
      const seen = await this.next()
      if (!allowed.includes(seen)) throw new Mismatch(`expected ${allowed.join(' or ')}, got ${seen}`)
    }
  }

  #onData(chunk: Buffer): void {
    if (this.#head === undefined) return this.#reader.push(chunk)
    const bytes = (this.#head = Buffer.concat([this.#head, chunk]))
    try {
      const read = readAnswer(bytes)
      if (read === undefined) return
      this.#head = undefined
      this.#answer = read.answer
      if (read.answer.status === 101) this.#reader.push(bytes.subarray(read.end))
    } catch (error) {
      this.#push(`fault: ${(error as Error).message}`)
    }
    this.#wake()
  }

  /** A server may ping whenever it likes: answered here, and no case's business. */
  #onSeen(seen: Seen, payload: Buffer): void {
    if (seen === 'ping') this.write(frame(PONG, payload))
    else this.#push(seen)
  }

  #push(seen: Seen): void {
    this.#seen.push(seen)
    this.#wake()
  }

  /** Resolves when it is true, or when the time is over. */
  async #until(isTrue: () => boolean): Promise<void> {
    const deadline = performance.now() + this.#target.timeout
    for (let left = this.#target.timeout; !isTrue() && left > 0; left = deadline - performance.now()) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#wake = () => { clearTimeout(timer); resolve() }
      })
    }
  }
}
