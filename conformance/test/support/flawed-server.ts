// A small echo server that keeps the rules which the cases of the runner's tests are about, except for the flaw that it is given.
// It takes what the cases send as whole frames; it is no parser.
import { Buffer, isUtf8 } from 'node:buffer'
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { deflateRawSync, inflateRawSync, constants } from 'node:zlib'
import { onTestFinished } from 'vitest'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, RSV1, TEXT, closeBody, frame } from '../../src/wire/frame.js'
import { acceptFor } from '../../src/wire/handshake.js'

export interface ClientFrame {
  readonly first: number
  readonly opcode: number
  readonly isMasked: boolean
  readonly isMinimal: boolean
  readonly payload: Buffer
}

/** Each one takes the place of what the server does right. */
export interface Flaw {
  /** The fields of the 101. */
  readonly fields?: (fields: Record<string, string>, offer: string | undefined) => Record<string, string>
  readonly isAcceptable?: (head: string) => boolean
  /** What is wrong with a frame: a close code, or undefined. */
  readonly judge?: (judged: number | undefined, frame: ClientFrame) => number | undefined
  /** What is sent for a message, a Ping or a Close. */
  readonly answer?: (answer: Buffer, frame: ClientFrame) => Buffer
  readonly staysOpen?: boolean
  /** With permessage-deflate: the payload of a message, or undefined for an uncompressed one; `before` is all that was sent. */
  readonly deflate?: (message: Buffer, before: Buffer) => Buffer | undefined
}

const REFUSAL = 'HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\n'
const SYNC = { finishFlush: constants.Z_SYNC_FLUSH }

export async function startFlawed(flaw: Flaw): Promise<URL> {
  return listen(createServer((socket) => { new Session(socket, flaw) }))
}

export async function listen(server: Server): Promise<URL> {
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  onTestFinished(() => { server.close() })
  return new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
}

class Session {
  readonly #socket: Socket
  readonly #flaw: Flaw
  #bytes = Buffer.alloc(0)
  #isOpen = false
  #parts: Buffer[] = []
  #before = Buffer.alloc(0)

  constructor(socket: Socket, flaw: Flaw) {
    this.#socket = socket
    this.#flaw = flaw
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk])
      if (!this.#isOpen) this.#handshake()
      for (let next = this.#isOpen ? this.#take() : undefined; next !== undefined; next = this.#take()) this.#accept(next)
    })
  }

  #handshake(): void {
    const end = this.#bytes.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#bytes.toString('latin1', 0, end)
    this.#bytes = this.#bytes.subarray(end + 4)
    const isRight = head.startsWith('GET ') && /^Sec-WebSocket-Version: 13$/m.test(head.replaceAll('\r', ''))
    if (!(this.#flaw.isAcceptable?.(head) ?? isRight)) return void this.#socket.end(REFUSAL)
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(head.replaceAll('\r', ''))?.[1]
    const fields: Record<string, string> = {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Accept': acceptFor(field('Sec-WebSocket-Key') ?? ''),
    }
    const given = this.#flaw.fields?.(fields, field('Sec-WebSocket-Extensions')) ?? fields
    this.#socket.write([
      'HTTP/1.1 101 Switching Protocols',
      ...Object.entries(given).map(([name, value]) => `${name}: ${value}`),
      '',
      '',
    ].join('\r\n'))
    this.#isOpen = true
  }

  #take(): ClientFrame | undefined {
    const bytes = this.#bytes
    if (bytes.length < 2) return undefined
    const [first, second] = [bytes[0]!, bytes[1]!]
    const extended = (second & 0x7f) === 127 ? 8 : (second & 0x7f) === 126 ? 2 : 0
    const isMasked = second >= 0x80
    const start = 2 + extended + (isMasked ? 4 : 0)
    if (bytes.length < start) return undefined
    const length = extended === 0 ? second & 0x7f : extended === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
    if (bytes.length < start + length) return undefined
    const key = isMasked ? bytes.subarray(start - 4, start) : Buffer.alloc(4)
    const payload = Buffer.from(bytes.subarray(start, start + length).map((byte, index) => byte ^ key[index & 3]!))
    this.#bytes = bytes.subarray(start + length)
    return { first, opcode: first & 0x0f, isMasked, isMinimal: length >= (extended === 0 ? 0 : extended === 2 ? 126 : 65_536), payload }
  }

  #accept(received: ClientFrame): void {
    const code = (this.#flaw.judge ?? ((judged) => judged))(this.#codeFor(received), received)
    if (code !== undefined) return this.#close(frame(CLOSE, closeBody(code), { mask: undefined }), received)
    const { opcode, payload } = received
    if (opcode === PING) this.#send(frame(PONG, payload, { mask: undefined }), received)
    if (opcode === CLOSE) this.#close(frame(CLOSE, payload, { mask: undefined }), received)
    if (opcode >= CLOSE) return
    this.#parts.push(payload)
    if (received.first < 0x80) return
    const message = Buffer.concat(this.#parts)
    this.#parts = []
    this.#send(
      this.#echo(
        opcode,
        (received.first & 0x40) === 0 ? message : inflateRawSync(Buffer.concat([message, Buffer.from('0000ffff', 'hex')]), SYNC),
      ),
      received,
    )
  }

  #echo(opcode: number, message: Buffer): Buffer {
    const { deflate } = this.#flaw
    if (deflate === undefined) return frame(opcode, message, { mask: undefined })
    const payload = deflate(message, this.#before)
    this.#before = Buffer.concat([this.#before, message])
    return payload === undefined ? frame(opcode, message, { mask: undefined }) : frame(opcode, payload, { mask: undefined, rsv: RSV1 })
  }

  #codeFor({ first, opcode, isMasked, isMinimal, payload }: ClientFrame): number | undefined {
    const known = [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode)
    const reserved = this.#flaw.deflate === undefined || opcode >= CLOSE ? 0x70 : 0x30
    const isLongControl = opcode >= CLOSE && (payload.length > 125 || first < 0x80)
    if ((first & reserved) !== 0 || !known || !isMasked || !isMinimal || isLongControl) return 1002
    if (opcode === CONTINUATION && this.#parts.length === 0) return 1002
    if (opcode === CLOSE && payload.length > 0 && (payload.length < 2 || payload.readUInt16BE(0) < 1000)) return 1002
    return opcode === TEXT && (first & 0x40) === 0 && !isUtf8(payload) ? 1007 : undefined
  }

  #send(answer: Buffer, received: ClientFrame): void {
    this.#socket.write(this.#flaw.answer?.(answer, received) ?? answer)
  }

  #close(bytes: Buffer, received: ClientFrame): void {
    this.#send(bytes, received)
    if (this.#flaw.staysOpen !== true) this.#socket.end()
  }
}

/** Right, without context: what the flaws about compression differ from. */
export function deflateRight(message: Buffer): Buffer {
  return deflateRawSync(message, SYNC).subarray(0, -4)
}
