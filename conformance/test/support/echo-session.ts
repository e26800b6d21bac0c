// What a small echo server and a small echo client have in common once they are open: they take whole frames and answer them, except
// for the flaw that they are given. No parser.
import { Buffer, isUtf8 } from 'node:buffer'
import type { Socket } from 'node:net'
import { constants, inflateRawSync } from 'node:zlib'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, RSV1, TEXT, closeBody, frame } from '../../src/wire/frame.js'

export interface TakenFrame {
  readonly first: number
  readonly opcode: number
  readonly isMasked: boolean
  readonly isMinimal: boolean
  readonly payload: Buffer
}

/** Each one takes the place of what is right. */
export interface FrameFlaw {
  /** What is wrong with a frame: a close code, or undefined. */
  readonly judge?: (judged: number | undefined, frame: TakenFrame) => number | undefined
  /** What is sent for a message, a Ping or a Close. */
  readonly answer?: (answer: Buffer, frame: TakenFrame) => Buffer
  readonly staysOpen?: boolean
  /** With permessage-deflate: the payload of a message, or undefined for an uncompressed one; `before` is all that was sent. */
  readonly deflate?: (message: Buffer, before: Buffer) => Buffer | undefined
}

export interface Role {
  /** Whether it hears masked frames: those of a client. */
  readonly hearsMasked: boolean
  /** The key of the next frame that it sends. */
  mask(): Uint8Array | undefined
  /** Told of each message. */
  onMessage?(opcode: number, message: Buffer): void
}

const SYNC = { finishFlush: constants.Z_SYNC_FLUSH }

export class EchoSession {
  readonly #socket: Socket
  readonly #flaw: FrameFlaw
  readonly #role: Role
  #bytes = Buffer.alloc(0)
  #parts: Buffer[] = []
  #before = Buffer.alloc(0)

  constructor(socket: Socket, flaw: FrameFlaw, role: Role) {
    this.#socket = socket
    this.#flaw = flaw
    this.#role = role
  }

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    for (let next = this.#take(); next !== undefined; next = this.#take()) this.#accept(next)
  }

  #take(): TakenFrame | undefined {
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

  #accept(received: TakenFrame): void {
    const code = (this.#flaw.judge ?? ((judged) => judged))(this.#codeFor(received), received)
    if (code !== undefined) return this.#close(frame(CLOSE, closeBody(code), { mask: this.#role.mask() }), received)
    const { opcode, payload } = received
    if (opcode === PING) this.#send(frame(PONG, payload, { mask: this.#role.mask() }), received)
    if (opcode === CLOSE) this.#close(frame(CLOSE, payload, { mask: this.#role.mask() }), received)
    if (opcode >= CLOSE) return
    this.#parts.push(payload)
    if (received.first < 0x80) return
    const whole = Buffer.concat(this.#parts)
    this.#parts = []
    const message = (received.first & 0x40) === 0 ? whole : inflateRawSync(Buffer.concat([whole, Buffer.from('0000ffff', 'hex')]), SYNC)
    this.#role.onMessage?.(opcode, message)
    this.#send(this.messageFrame(opcode, message), received)
  }

  messageFrame(opcode: number, message: Buffer): Buffer {
    const { deflate } = this.#flaw
    if (deflate === undefined) return frame(opcode, message, { mask: this.#role.mask() })
    const payload = deflate(message, this.#before)
    this.#before = Buffer.concat([this.#before, message])
    const mask = this.#role.mask()
    return payload === undefined ? frame(opcode, message, { mask }) : frame(opcode, payload, { mask, rsv: RSV1 })
  }

  #codeFor({ first, opcode, isMasked, isMinimal, payload }: TakenFrame): number | undefined {
    const known = [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode)
    const reserved = this.#flaw.deflate === undefined || opcode >= CLOSE ? 0x70 : 0x30
    const isLongControl = opcode >= CLOSE && (payload.length > 125 || first < 0x80)
    if ((first & reserved) !== 0 || !known || isMasked !== this.#role.hearsMasked || !isMinimal || isLongControl) return 1002
    if (opcode === CONTINUATION && this.#parts.length === 0) return 1002
    if (opcode === CLOSE && payload.length > 0 && (payload.length < 2 || payload.readUInt16BE(0) < 1000)) return 1002
    return opcode === TEXT && (first & 0x40) === 0 && !isUtf8(payload) ? 1007 : undefined
  }

  #send(answer: Buffer, received: TakenFrame): void {
    this.#socket.write(this.#flaw.answer?.(answer, received) ?? answer)
  }

  #close(bytes: Buffer, received: TakenFrame): void {
    this.#send(bytes, received)
    if (this.#flaw.staysOpen !== true) this.#socket.end()
  }
}
