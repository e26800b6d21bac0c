// A server's bytes -> what was seen, each frame judged by RFC 6455 as strictly as a client may. Written from the RFC alone.
// Knows no socket.
import { Buffer, isUtf8 } from 'node:buffer'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT } from './frame.js'
import { type Seen, binary, close, fault, pong, text } from './seen.js'

interface ServerFrame {
  readonly fin: boolean
  readonly opcode: number
  readonly payload: Buffer
  readonly size: number
}

class Fault extends Error {}

/** Throws a Fault by section and rule. */
function demand(isMet: boolean, section: string, rule: string): void {
  if (!isMet) throw new Fault(fault(section, rule))
}

export class FrameReader {
  readonly #onSeen: (seen: Seen, payload: Buffer) => void
  #bytes: Buffer = Buffer.alloc(0)
  #message: { readonly opcode: number; readonly parts: Buffer[] } | undefined
  #isOver = false

  /** `onSeen` gets a line and the payload of each message and control frame; after a fault, or bytes behind Close, nothing more. */
  constructor(onSeen: (seen: Seen, payload: Buffer) => void) {
    this.#onSeen = onSeen
  }

  push(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    try {
      // RFC 6455 §5.5.1: nothing may follow the Close frame
      demand(!this.#isOver || chunk.length === 0, '5.5.1', 'bytes came behind the Close frame')
      for (let next = this.#take(); next !== undefined; next = this.#take()) this.#accept(next)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.#bytes = Buffer.alloc(0)
      this.#onSeen(error.message, this.#bytes)
    }
  }

  #take(): ServerFrame | undefined {
    const frame = readFrame(this.#bytes)
    if (frame === undefined) return undefined
    this.#bytes = this.#bytes.subarray(frame.size)
    return frame
  }

  #accept(frame: ServerFrame): void {
    demand(!this.#isOver, '5.5.1', 'a frame came behind the Close frame')
    if (frame.opcode >= CLOSE) this.#acceptControl(frame)
    else this.#acceptData(frame)
  }

  #acceptControl({ opcode, payload }: ServerFrame): void {
    if (opcode === PONG) this.#onSeen(pong(payload), payload)
    if (opcode === PING) this.#onSeen('ping', payload)
    if (opcode !== CLOSE) return
    this.#isOver = true
    demand(payload.length !== 1, '5.5.1', 'the body of a Close frame is 1 byte long')
    demand(isUtf8(payload.subarray(2)), '5.5.1', 'the reason of a Close frame is not UTF-8')
    this.#onSeen(close(payload.length === 0 ? undefined : payload.readUInt16BE(0)), payload)
  }

  #acceptData({ opcode, payload, fin }: ServerFrame): void {
    demand((opcode === CONTINUATION) === (this.#message !== undefined), '5.4', 'fragments are out of sequence')
    this.#message ??= { opcode, parts: [] }
    this.#message.parts.push(payload)
    if (!fin) return
    const { opcode: kind, parts } = this.#message
    const whole = Buffer.concat(parts)
    this.#message = undefined
    demand(kind === BINARY || isUtf8(whole), '8.1', 'a text message is not UTF-8')
    this.#onSeen(kind === TEXT ? text(whole) : binary(whole), whole)
  }
}

/** The frame at the beginning of `bytes`; undefined while it is not whole. */
function readFrame(bytes: Buffer): ServerFrame | undefined {
  if (bytes.length < 2) return undefined
  const [first, second] = [bytes[0]!, bytes[1]!]
  const opcode = first & 0x0f
  const fin = first >= 0x80
  demand((first & 0x70) === 0, '5.2', 'a reserved bit is set')
  demand([CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode), '5.2', `opcode ${opcode} is reserved`)
  demand(second < 0x80, '5.1', 'a server must not mask its frames')
  demand(opcode < CLOSE || (fin && second <= 125), '5.5', 'a control frame is fragmented or longer than 125 bytes')
  const extended = second < 126 ? 0 : second === 126 ? 2 : 8
  if (bytes.length < 2 + extended) return undefined
  const length = extended === 0 ? second : readLength(bytes.subarray(2, 2 + extended))
  const size = 2 + extended + length
  return bytes.length < size ? undefined : { fin, opcode, payload: bytes.subarray(2 + extended, size), size }
}

function readLength(bytes: Buffer): number {
  const length = bytes.length === 2 ? bytes.readUInt16BE() : Number(bytes.readBigUInt64BE())
  demand(length >= (bytes.length === 2 ? 126 : 0x1_0000), '5.2', 'a length is not written in its shortest form')
  return length
}
