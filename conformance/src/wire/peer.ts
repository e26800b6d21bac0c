// This package's end of one TCP connection: writes raw bytes and tells, one after the other, what the other end sent. Knows no rule of
// its own: frame-reader.ts judges, and who plays which part is the business of client-peer.ts and server-peer.ts.
import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { EchoClient } from '../clients/echo-client.js'
import type { Agreement } from './extensions.js'
import { type Bytes, slices, toBytes } from './frame.js'
import { FrameReader, type FrameReaderOptions } from './frame-reader.js'
import { MessageDeflater } from './message-deflater.js'
import { END, type Seen } from './seen.js'

/** On what terms a case meets what it tests. */
interface Terms {
  /** How long a case waits for one thing, in ms. */
  readonly timeout: number
  /** The Sec-WebSocket-Extensions of a handshake that is not about extensions. @default none */
  readonly offer?: string | undefined
  /** What is tested says that it has RFC 7692: then it may not decline what it could accept. @default false */
  readonly claimsCompression?: boolean
}

/** The server under test. */
export interface ServerTarget extends Terms {
  readonly url: URL
}

/** The client under test. */
export interface ClientTarget extends Terms {
  readonly client: EchoClient
}

export type Target = ServerTarget | ClientTarget

/** A timeout is waited for in so many parts. */
const STEPS = 20

/** The other end did something else than the case demands. */
export class Mismatch extends Error {}

export abstract class Peer {
  protected readonly socket: Socket
  readonly #timeout: number
  readonly #seen: Seen[] = []
  #reader: FrameReader | undefined
  #deflater: MessageDeflater | undefined
  #compressedCount = 0
  #wake: () => void = () => {}
  /**
   * What the handshake has agreed on; undefined without permessage-deflate. Its `client` is always this end, and its `server` what is
   * tested: where a client is, they have changed places.
   */
  agreement: Agreement | undefined
  /** The masking keys of the other end's frames. */
  readonly keys: Buffer[] = []

  protected constructor(socket: Socket, timeout: number) {
    this.socket = socket
    this.#timeout = timeout
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      if (this.#reader === undefined) this.onHead(chunk)
      else this.#reader.push(chunk)
    })
    socket.on('end', () => this.push(END))
    socket.on('error', (error) => this.push(`socket: ${error.message}`))
  }

  /** Bytes that came before the frames. */
  protected abstract onHead(chunk: Buffer): void

  /** A message, a Pong, a Close or a Ping of the other end's. */
  abstract onSeen(seen: Seen, payload: Buffer): void

  /** How many of the other end's messages came compressed. */
  get compressedCount(): number {
    return this.#compressedCount
  }

  /** A message's payload, compressed as it was agreed. */
  deflate(message: Bytes): Buffer {
    this.#deflater ??= new MessageDeflater(this.agreement!)
    return this.#deflater.deflate(message)
  }

  write(bytes: Bytes): void {
    if (this.socket.writable) this.socket.write(toBytes(bytes))
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
    this.socket.end()
  }

  destroy(): void {
    this.socket.destroy()
  }

  /** The next thing that the other end sends. */
  async next(): Promise<Seen> {
    await this.until(() => this.#seen.length > 0)
    return this.#seen.shift() ?? `nothing within ${this.#timeout} ms`
  }

  /** Demands these things next, in this order; a list allows any of its members. */
  async expect(...things: readonly (Seen | readonly Seen[])[]): Promise<void> {
    for (const thing of things) {
      const allowed = [thing].flat()
      const seen = await this.next()
      if (!allowed.includes(seen)) throw new Mismatch(`expected ${allowed.join(' or ')}, got ${seen}`)
    }
  }

  /** Whether all that has come was taken. */
  get isSilent(): boolean {
    return this.#seen.length === 0
  }

  /** From here on there are frames. */
  protected startReading(rest: Buffer, options: FrameReaderOptions): void {
    const owner = {
      onSeen: (seen: Seen, payload: Buffer, wasCompressed: boolean): void => {
        if (wasCompressed) this.#compressedCount++
        this.onSeen(seen, payload)
      },
      onKey: (key: Buffer) => this.keys.push(key),
    }
    this.#reader = new FrameReader(owner, options)
    this.#reader.push(rest)
  }

  protected push(seen: Seen): void {
    this.#seen.push(seen)
    this.wake()
  }

  protected wake(): void {
    this.#wake()
  }

  /**
   * Resolves when it is true, or when the time is over. Counted in steps, each at least that long: time in which this process
   * was busy with other cases is not the other end's.
   */
  protected async until(isTrue: () => boolean): Promise<void> {
    for (let left = STEPS; !isTrue() && left > 0;) {
      const isStep = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(resolve, this.#timeout / STEPS, true)
        this.#wake = () => { clearTimeout(timer); resolve(false) }
      })
      if (isStep) left--
    }
  }
}
