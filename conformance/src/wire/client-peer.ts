// The client's part, towards a server under test: the request, any request, and the frames behind the answer.
import { Buffer } from 'node:buffer'
import { once } from 'node:events'
import { type Socket, connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { judge } from './extensions.js'
import { PONG, frame } from './frame.js'
import { type Answer, type RequestFields, type RequestLine, faultOf, randomKey, readAnswer, requestHead } from './handshake.js'
import { Mismatch, Peer, type ServerTarget } from './peer.js'
import type { Seen } from './seen.js'

export class ClientPeer extends Peer {
  readonly #url: URL
  #head = Buffer.alloc(0)
  #offer: string | undefined
  #answer: Answer | undefined

  private constructor({ url, timeout }: ServerTarget, socket: Socket) {
    super(socket, timeout)
    this.#url = url
  }

  /** TCP only: the case sends its own handshake. */
  static async connect(target: ServerTarget): Promise<ClientPeer> {
    const { url } = target
    const isSecure = url.protocol === 'wss:' || url.protocol === 'https:'
    const place = { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(url.port || (isSecure ? 443 : 80)), allowHalfOpen: true }
    const socket = isSecure ? connectTls({ ...place, servername: place.host }) : connectTcp(place)
    await once(socket, isSecure ? 'secureConnect' : 'connect')
    return new ClientPeer(target, socket)
  }

  /** With the handshake done. */
  static async open(target: ServerTarget, offer: string | undefined): Promise<ClientPeer> {
    const peer = await ClientPeer.connect(target)
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

  request(fields: RequestFields, line?: RequestLine): Promise<Answer> {
    this.write(this.requestBytes(fields, line))
    return this.answer()
  }

  /** For a case that writes the request itself. */
  requestBytes(fields: RequestFields, line?: RequestLine): Buffer {
    const offer = fields['Sec-WebSocket-Extensions']
    this.#offer = offer === undefined ? undefined : [offer].flat().join(', ')
    return requestHead(this.#url, fields, line)
  }

  /** The head of the answer to the handshake. */
  async answer(): Promise<Answer> {
    await this.until(() => this.#answer !== undefined || !this.isSilent)
    if (this.#answer === undefined) throw new Mismatch(`no answer to the handshake: ${this.isSilent ? 'nothing came' : await this.next()}`)
    return this.#answer
  }

  protected onHead(chunk: Buffer): void {
    if (this.#answer !== undefined) return
    const bytes = (this.#head = Buffer.concat([this.#head, chunk]))
    try {
      const read = readAnswer(bytes)
      if (read === undefined) return
      this.#answer = read.answer
      if (read.answer.status === 101) this.#onFrames(read.answer, bytes.subarray(read.end))
    } catch (error) {
      this.push(`fault: ${(error as Error).message}`)
    }
    this.wake()
  }

  /** An answer that does not fit the offer is no agreement: `faultOf` tells. */
  #onFrames({ headers }: Answer, rest: Buffer): void {
    const judgement = judge(this.#offer, headers.get('sec-websocket-extensions'))
    this.agreement = 'agreement' in judgement ? judgement.agreement : undefined
    this.startReading(rest, { from: 'server', agreement: this.agreement })
  }

  /** A server may ping whenever it likes: answered here, and no case's business. */
  onSeen(seen: Seen, payload: Buffer): void {
    if (seen === 'ping') this.write(frame(PONG, payload))
    else this.push(seen)
  }
}
