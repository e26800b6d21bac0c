// The client's end of one TCP connection: writes raw bytes and tells, one after the other, what the server sent. Knows no rule
// of its own; frame-reader.ts and handshake.ts judge.
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type Socket, connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { type Agreement, judge } from './extensions.js'
import { type Bytes, PONG, frame, slices } from './frame.js'
import { FrameReader } from './frame-reader.js'
import { type Answer, type RequestFields, type RequestLine, faultOf, randomKey, readAnswer, requestHead } from './handshake.js'
import { MessageDeflater } from './message-deflater.js'
import { END, type Seen } from './seen.js'

/** The server under test. */
export interface Target {
  readonly url: URL
  /** How long a case waits for one thing, in ms. */
  readonly timeout: number
  /** The Sec-WebSocket-Extensions of a handshake that is not about extensions. @default none */
  readonly offer?: string | undefined
  /** The server says that it has RFC 7692: then it may not decline what it could accept. @default false */
  readonly claimsCompression?: boolean
}

/** A timeout is waited for in so many parts. */
const STEPS = 20

/** The server did something else than the case demands. */
export class Mismatch extends Error {}

export class Peer {
  readonly #target: Target
  readonly #socket: Socket
  readonly #seen: Seen[] = []
  #reader: FrameReader | undefined
  #head: Buffer | undefined = Buffer.alloc(0)
  #offer: string | undefined
  #answer: Answer | undefined
  #deflater: MessageDeflater | undefined
  #compressedCount = 0
  #wake: () => void = () => {}
  /** What the handshake has agreed on; undefined without permessage-deflate. */
  agreement: Agreement | undefined

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
  static async open(target: Target, offer: string | undefined): Promise<Peer> {
    const peer = await Peer.connect(target)
    try {
      const key = randomKey()
      const problem = faultOf(await peer.request({ 'Sec-WebSocket-Key': key, 'Sec-WebSocket-Extensions': offer }), { key, offer })
      if (problem !== undefined) throw new Mismatch(problem)
      return peer
    } catch (error) {
      peer.destroy()
      throw error
    }
  }

  /** How many of the server's messages came compressed. */
  get compressedCount(): number {
    return this.#compressedCount
  }

  request(fields: RequestFields, line?: RequestLine): Promise<Answer> {
    this.write(this.requestBytes(fields, line))
    return this.answer()
  }

  /** For a case that writes the request itself. */
  requestBytes(fields: RequestFields, line?: RequestLine): Buffer {
    const offer = fields['Sec-WebSocket-Extensions']
    this.#offer = offer === undefined ? undefined : [offer].flat().join(', ')
    return requestHead(this.#target.url, fields, line)
  }

  /** A message's payload, compressed as it was agreed. */
  deflate(message: Bytes): Buffer {
    this.#deflater ??= new MessageDeflater(this.agreement!)
    return this.#deflater.deflate(message)
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
    if (this.#head === undefined) return this.#reader?.push(chunk)
    const bytes = (this.#head = Buffer.concat([this.#head, chunk]))
    try {
      const read = readAnswer(bytes)
      if (read === undefined) return
      this.#head = undefined
      this.#answer = read.answer
      if (read.answer.status === 101) this.#startReading(read.answer, bytes.subarray(read.end))
    } catch (error) {
      this.#push(`fault: ${(error as Error).message}`)
    }
    this.#wake()
  }

  /** An answer that does not fit the offer is no agreement: `faultOf` tells. */
  #startReading({ headers }: Answer, rest: Buffer): void {
    const judgement = judge(this.#offer, headers.get('sec-websocket-extensions'))
    this.agreement = 'agreement' in judgement ? judgement.agreement : undefined
    this.#reader = new FrameReader(this, this.agreement)
    this.#reader.push(rest)
  }

  /** A server may ping whenever it likes: answered here, and no case's business. */
  onSeen(seen: Seen, payload: Buffer, wasCompressed: boolean): void {
    if (wasCompressed) this.#compressedCount++
    if (seen === 'ping') this.write(frame(PONG, payload))
    else this.#push(seen)
  }

  #push(seen: Seen): void {
    this.#seen.push(seen)
    this.#wake()
  }

  /**
   * Resolves when it is true, or when the time is over. Counted in steps, each at least that long: time in which this process
   * was busy with other cases is not the server's.
   */
  async #until(isTrue: () => boolean): Promise<void> {
    for (let left = STEPS; !isTrue() && left > 0;) {
      const isStep = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(resolve, this.#target.timeout / STEPS, true)
        this.#wake = () => { clearTimeout(timer); resolve(false) }
      })
      if (isStep) left--
    }
  }
}
