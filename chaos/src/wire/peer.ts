// One raw connection: TCP, then the opening handshake, then frames, each step only when it is asked for; and what became of it.
import { Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { type Socket, connect } from 'node:net'
import { CLOSE, PING, PONG, TEXT, type Received, closeFrame, frame, readFrames } from './frame.js'

export interface Whereto {
  readonly port: number
  /** @default 127.0.0.1 */
  readonly host?: string
  /** The address to come from. */
  readonly from?: string | undefined
}

export interface RequestOptions {
  readonly path: string
  readonly headers?: readonly string[]
}

const NOTHING: Buffer = Buffer.alloc(0)

export class Peer {
  readonly socket: Socket
  /** Of the HTTP answer; 0 while there is none. */
  status = 0
  /** Its head. */
  answer = ''
  /** Of the Close frame that came; 1005 when it had none. */
  closeCode: number | undefined
  /** TCP is over, or the other end has sent FIN. */
  isOver = false
  answersPings = true
  /** False: neither Close nor FIN is answered. */
  answersClose = true
  onMessage: ((payload: Buffer) => void) | undefined
  #rest: Buffer = NOTHING
  /** Who waits for something to become true. */
  readonly #waiting = new Set<() => void>()

  constructor({ port, host = '127.0.0.1', from }: Whereto) {
    this.socket = connect({ port, host, ...(from !== undefined && { localAddress: from }), allowHalfOpen: true })
    this.socket.setNoDelay(true)
    this.socket.on('data', (chunk) => this.#onData(chunk))
    this.socket.on('end', () => this.#onEnd())
    this.socket.on('connect', () => this.#changed())
    this.socket.on('error', () => this.#onOver())
    this.socket.on('close', () => this.#onOver())
  }

  /** @returns whether TCP is connected, or has been tried */
  connected(patience: number): Promise<boolean> {
    return this.until(() => !this.socket.connecting, patience)
  }

  request(options: RequestOptions): void {
    this.socket.write(requestHead(options))
  }

  /** The HTTP answer. @returns whether it is a 101 */
  async opened(patience: number): Promise<boolean> {
    await this.until(() => this.status !== 0 || this.isOver, patience)
    return this.status === 101
  }

  send(text: string): void {
    this.socket.write(frame(TEXT, text))
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes)
  }

  /** Close, and then the end, which the server makes (RFC 6455 §7.1.1). */
  close(code = 1000): void {
    this.socket.write(closeFrame(code))
  }

  /** What the server has done to it: `close 1002`, `refused 400`, `cut`, or nothing: `open`. */
  get outcome(): string {
    if (this.closeCode !== undefined) return `close ${this.closeCode}`
    if (this.status !== 0 && this.status !== 101) return `refused ${this.status}`
    return this.isOver ? 'cut' : 'open'
  }

  /** Waits for what one of its own events makes true. @returns whether it did, within so many ms */
  until(isTrue: () => boolean, patience: number): Promise<boolean> {
    if (isTrue()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const end = (isMet: boolean): void => {
        clearTimeout(timer)
        this.#waiting.delete(look)
        resolve(isMet)
      }
      const look = (): void => { if (isTrue()) end(true) }
      const timer = setTimeout(() => end(isTrue()), patience)
      this.#waiting.add(look)
    })
  }

  #changed(): void {
    for (const look of this.#waiting) look()
  }

  #onOver(): void {
    this.isOver = true
    this.#changed()
  }

  #onData(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    this.#rest = this.status === 101 ? readFrames(bytes, this.#onFrame) : this.#readHead(bytes)
    this.#changed()
  }

  #readHead(bytes: Buffer): Buffer {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return bytes
    this.answer = bytes.toString('latin1', 0, end + 2)
    this.status = Number(this.answer.slice(9, 12))
    return this.status === 101 ? readFrames(bytes.subarray(end + 4), this.#onFrame) : NOTHING
  }

  readonly #onFrame = ({ opcode, payload }: Received): void => {
    if (opcode < CLOSE) this.onMessage?.(payload)
    else if (opcode === PING && this.answersPings) this.socket.write(frame(PONG, payload))
    else if (opcode === CLOSE) this.#onClose(payload)
  }

  #onClose(payload: Buffer): void {
    this.closeCode = payload.length < 2 ? 1005 : payload.readUInt16BE(0)
    if (this.answersClose) this.socket.end(closeFrame(this.closeCode === 1005 ? 1000 : this.closeCode))
  }

  #onEnd(): void {
    if (this.answersClose) this.socket.end()
    this.#onOver()
  }
}

export function requestHead({ path, headers = [] }: RequestOptions): string {
  const key = randomBytes(16).toString('base64')
  const fields = ['Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Key: ${key}`, 'Sec-WebSocket-Version: 13']
  return [`GET ${path} HTTP/1.1`, ...fields, ...headers, '', ''].join('\r\n')
}

/** The n-th address of this machine's loopback network: few connections from each, as from many clients. */
export function loopbackAddress(network: number, n: number, perAddress = 32): string {
  const host = Math.floor(n / perAddress)
  return `127.${network}.${Math.floor(host / 250)}.${(host % 250) + 1}`
}
