// The server's part, towards a client under test: a socket that listens for that one connection, any answer to its request, and the
// frames behind it. What cases write as clients do is turned round on its way out (mask-turner.ts).
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type AddressInfo, type Socket, createServer } from 'node:net'
import type { ConnectOptions, Session } from '../clients/echo-client.js'
import { judge } from './extensions.js'
import { type Bytes, toBytes } from './frame.js'
import { MaskTurner } from './mask-turner.js'
import { type ClientTarget, Mismatch, Peer } from './peer.js'
import { type Request, type ResponseFields, faultOfRequest, fieldOf, readRequest, responseHead } from './request.js'
import type { Seen } from './seen.js'
import { turnedAgreement, turnedAnswer } from './turned.js'

/** A path and a query, so that there is something to get right. */
const RESOURCE = '/a/path?with=query&and=%20'

export class ServerPeer extends Peer {
  /** The client, at its own end. */
  readonly session: Session
  /** RFC 6455 §7.1.1: the server is the one to end TCP, when the client's Close has come. False: the case does it. */
  endsTcp = true
  readonly #url: URL
  readonly #options: ConnectOptions
  readonly #turner = new MaskTurner()
  #head = Buffer.alloc(0)
  #echoes: ReadonlySet<Seen> = new Set()
  #request: Request | undefined

  private constructor(socket: Socket, session: Session, { url, options, timeout }: { url: URL; options: ConnectOptions; timeout: number }) {
    super(socket, timeout)
    this.session = session
    this.#url = url
    this.#options = options
  }

  /** TCP, and the client's request, which has to be right: the case answers itself. */
  static async accept({ client, timeout }: ClientTarget, options: ConnectOptions = {}): Promise<ServerPeer> {
    const server = createServer({ allowHalfOpen: true })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const url = new URL(RESOURCE, `ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    const session = client.connect(url, options)
    const [socket] = (await once(server, 'connection', { signal: AbortSignal.timeout(timeout) })) as [Socket]
    server.close()
    const peer = new ServerPeer(socket, session, { url, options, timeout })
    try {
      await peer.request()
      return peer
    } catch (error) {
      peer.destroy()
      throw error
    }
  }

  /** With the handshake done, and what the case wants of compression agreed on, in each other's place. */
  static async open(target: ClientTarget, wanted: string | undefined): Promise<ServerPeer> {
    const peer = await ServerPeer.accept(target, { compression: wanted === undefined ? undefined : {} })
    const answer = wanted === undefined ? undefined : turnedAnswer(wanted, peer.offer)
    peer.respond({ 'Sec-WebSocket-Extensions': answer })
    return peer
  }

  /** Of the client's request; several of one name joined by ', '. */
  field(name: string): string | undefined {
    return fieldOf(this.#request!, name)
  }

  get offer(): string | undefined {
    return this.field('sec-websocket-extensions')
  }

  async request(): Promise<Request> {
    await this.until(() => this.#request !== undefined || !this.isSilent)
    if (this.#request === undefined) throw new Mismatch(`no request: ${this.isSilent ? 'nothing came' : await this.next()}`)
    const { compression, subprotocols = [] } = this.#options
    const fault = faultOfRequest(this.#request, { url: this.#url, subprotocols, isOffering: compression !== undefined })
    if (fault !== undefined) throw new Mismatch(fault)
    return this.#request
  }

  /** The bytes of a 101, right but for `fields`; from now on the client's frames are read. */
  response(fields: ResponseFields = {}, statusLine?: string): Buffer {
    const extensions = fields['Sec-WebSocket-Extensions']
    const judgement = judge(this.offer, extensions === undefined ? undefined : [extensions].flat().join(', '))
    this.agreement = 'agreement' in judgement && judgement.agreement !== undefined ? turnedAgreement(judgement.agreement) : undefined
    this.startReading(this.#head, { from: 'client', agreement: this.agreement })
    return responseHead(this.#request!, fields, statusLine)
  }

  respond(fields?: ResponseFields, statusLine?: string): void {
    this.writeRaw(this.response(fields, statusLine))
  }

  /** Demands that the application gets these messages. From then on its echoes are not told any more. */
  async delivers(messages: readonly Seen[]): Promise<void> {
    const { received } = this.session
    this.#echoes = new Set(messages)
    await this.until(() => received.length >= messages.length)
    const at = messages.findIndex((message, index) => received[index] !== message)
    if (at >= 0) throw new Mismatch(`expected ${messages[at]} to be delivered, got ${received[at] ?? 'nothing'}`)
  }

  /** Without what `delivers` was about. */
  override async next(): Promise<Seen> {
    for (;;) {
      const seen = await super.next()
      if (!this.#echoes.has(seen)) return seen
    }
  }

  /** Frames as the cases have them, as a server sends them. */
  turned(bytes: Bytes): Buffer {
    return this.#turner.turn(toBytes(bytes))
  }

  override write(bytes: Bytes): void {
    const turned = this.turned(bytes)
    if (turned.length > 0) this.writeRaw(turned)
  }

  /** As it is. */
  writeRaw(bytes: Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes)
  }

  override destroy(): void {
    super.destroy()
    this.session.destroy()
  }

  protected onHead(chunk: Buffer): void {
    this.#head = Buffer.concat([this.#head, chunk])
    if (this.#request !== undefined) return
    const read = readRequest(this.#head)
    if (read === undefined) return
    this.#request = read.request
    this.#head = this.#head.subarray(read.end)
    this.wake()
  }

  /** A client may ping whenever it likes; where a case wants to know, it looks for `ping`. */
  onSeen(seen: Seen): void {
    this.push(seen)
    if (seen.startsWith('close') && this.endsTcp) this.end()
  }
}
