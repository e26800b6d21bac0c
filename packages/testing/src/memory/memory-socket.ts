// One end of a TCP connection that exists in memory only: order, FIN, RST and backpressure as the kernel would have them.
// Knows its other end; knows no protocol.
import { Buffer } from 'node:buffer'
import { Duplex } from 'node:stream'

/** What a socket says about where it comes from. */
interface SocketAddresses {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
}

export interface MemorySocketOptions extends SocketAddresses {
  readonly encrypted: boolean
  /** Of this end's own stream buffers, in bytes. */
  readonly highWaterMark: number
  /** Bytes that may be on their way to this end, as if in the kernel's buffers. */
  readonly capacity: number
}

type Done = (error?: Error | null) => void

/**
 * A Duplex that behaves like a connected `net.Socket` (`allowHalfOpen`). Each write arrives as one chunk of its own, as far as
 * there is room for it, in memory of its own, in a later turn of the event loop.
 */
export class MemorySocket extends Duplex {
  readonly localAddress: string
  readonly localPort: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localFamily: string
  readonly remoteFamily: string
  /** True on both ends of a pair that stands for TLS. */
  readonly encrypted: boolean
  readonly connecting = false
  /** What `setTimeout` was told, in ms. In memory no time passes: it never fires. */
  timeout = 0
  bytesRead = 0

  #peer!: MemorySocket
  readonly #capacity: number
  readonly #arrived: Buffer[] = []
  #arrivedSize = 0
  /** The other end has sent FIN behind what has arrived. */
  #hasFin = false
  /** The other end has sent RST; noticed by the next read or write, as with TCP. */
  #hasReset = false
  #sentFin = false
  #isReading = false
  #isScheduled = false
  #sent = 0
  /** A write of the other end that waits for room here. */
  #blockedWrite: { rest: Buffer; readonly done: Done } | undefined

  /** @internal */
  constructor(options: MemorySocketOptions) {
    super({ highWaterMark: options.highWaterMark, allowHalfOpen: true })
    this.localAddress = options.localAddress
    this.localPort = options.localPort
    this.remoteAddress = options.remoteAddress
    this.remotePort = options.remotePort
    this.localFamily = familyOf(options.localAddress)
    this.remoteFamily = familyOf(options.remoteAddress)
    this.encrypted = options.encrypted
    this.#capacity = options.capacity
  }

  /** @internal Makes two ends into a connection. */
  static join(one: MemorySocket, other: MemorySocket): void {
    one.#peer = other
    other.#peer = one
    // As a connected socket does: FIN and RST are seen before anybody asks for bytes
    one.read(0)
    other.read(0)
  }

  /** Bytes that were written here, those that still wait included. */
  get bytesWritten(): number {
    return this.#sent + this.writableLength
  }

  /** Bytes that this end has sent and that the other end's stream has not read. */
  get bytesInFlight(): number {
    return this.#peer.#arrivedSize
  }

  /** What TLS has agreed on: HTTP/2 is not spoken here. */
  get alpnProtocol(): 'http/1.1' | undefined {
    return this.encrypted ? 'http/1.1' : undefined
  }

  address(): { address: string; family: string; port: number } {
    return { address: this.localAddress, family: this.localFamily, port: this.localPort }
  }

  /** Sends RST: what is on its way is lost, in both directions, and the other end fails with ECONNRESET. */
  resetAndDestroy(): this {
    this.#peer.#takeReset()
    return this.destroy()
  }

  /** Ends, and destroys when all is written: what Node's HTTP server does behind its last response. */
  destroySoon(): void {
    if (this.writable) this.end()
    if (this.writableFinished) this.destroy()
    else this.once('finish', () => this.destroy())
  }

  setTimeout(ms: number, listener?: () => void): this {
    this.timeout = ms
    if (listener !== undefined && ms > 0) this.once('timeout', listener)
    return this
  }

  // A real socket has these; here there is nothing to tune
  setNoDelay(): this { return this }
  setKeepAlive(): this { return this }
  ref(): this { return this }
  unref(): this { return this }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: Done): void {
    this.#send(Buffer.from(chunk), done)
  }

  /** Corked writes leave together, as with writev. */
  override _writev(writes: { chunk: Uint8Array }[], done: Done): void {
    this.#send(Buffer.concat(writes.map(({ chunk }) => chunk)), done)
  }

  override _final(done: Done): void {
    this.#sendFin()
    done()
  }

  override _read(): void {
    this.#isReading = true
    if (this.#hasReset || this.#arrived.length > 0 || this.#hasFin) this.#schedule()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // RFC 1122 §4.2.2.13: closing over bytes that were not read from the kernel resets the connection
    if (error !== null || this.#arrivedSize > 0) this.#peer.#takeReset()
    else this.#sendFin()
    this.#forget()
    done(error)
  }

  #send(bytes: Buffer, done: Done): void {
    const peer = this.#peer
    if (this.#hasReset) return done(connectionReset('write'))
    if (peer.destroyed) return done(brokenPipe())
    const onTaken: Done = (error) => {
      if (!error) this.#sent += bytes.length
      done(error)
    }
    peer.#blockedWrite = { rest: bytes, done: onTaken }
    peer.#takeBlocked()
  }

  #sendFin(): void {
    if (this.#sentFin) return
    this.#sentFin = true
    this.#peer.#takeFin()
  }

  /** Takes what there is room for; the write is done when all of it is taken. */
  #takeBlocked(): void {
    const blocked = this.#blockedWrite
    if (blocked === undefined) return
    const taken = blocked.rest.subarray(0, this.#capacity - this.#arrivedSize)
    blocked.rest = blocked.rest.subarray(taken.length)
    if (taken.length > 0) this.#arrived.push(taken)
    this.#arrivedSize += taken.length
    if (taken.length > 0) this.#schedule()
    if (blocked.rest.length > 0) return
    this.#blockedWrite = undefined
    blocked.done()
  }

  #takeFin(): void {
    this.#hasFin = true
    this.#schedule()
  }

  #takeReset(): void {
    if (this.destroyed) return
    this.#hasReset = true
    this.#forget()
    this.#schedule()
  }

  /** Nothing that was on its way will be read any more. */
  #forget(): void {
    this.#arrived.length = 0
    this.#arrivedSize = 0
    const blocked = this.#blockedWrite
    this.#blockedWrite = undefined
    if (blocked !== undefined) setImmediate(blocked.done, connectionReset('write'))
  }

  #schedule(): void {
    if (this.#isScheduled || !this.#isReading || this.destroyed) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    if (this.destroyed) return
    if (this.#hasReset) return void this.destroy(connectionReset('read'))
    while (this.#isReading && this.#arrived.length > 0) {
      const bytes = this.#arrived.shift()!
      this.#arrivedSize -= bytes.length
      this.bytesRead += bytes.length
      this.#isReading = false // push() asks for more by _read()
      if (this.push(bytes)) this.#isReading = true
    }
    this.#takeBlocked()
    if (this.#arrived.length === 0 && this.#hasFin) this.#deliverFin()
  }

  #deliverFin(): void {
    if (this.readableEnded) return
    this.push(null)
    this.read(0) // as net.Socket does: with nothing left to read, 'end' comes even to who has paused
  }
}

function familyOf(address: string): string {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}

function connectionReset(syscall: string): Error {
  return Object.assign(new Error(`${syscall} ECONNRESET`), { code: 'ECONNRESET', errno: -104, syscall })
}

function brokenPipe(): Error {
  return Object.assign(new Error('write EPIPE'), { code: 'EPIPE', errno: -32, syscall: 'write' })
}
