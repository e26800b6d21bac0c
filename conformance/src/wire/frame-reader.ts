// One side's bytes -> what was seen, each frame judged by RFC 6455 as strictly as the other side may, and by RFC 7692 where that was
// negotiated. Written from the RFCs alone. Knows no socket.
import { Buffer, isUtf8 } from 'node:buffer'
import type { Agreement } from './extensions.js'
import { BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, masked } from './frame.js'
import { InflateError } from './inflate.js'
import { MessageInflater } from './message-inflater.js'
import { type Seen, binary, close, fault, pong, text } from './seen.js'

interface Frame {
  readonly fin: boolean
  readonly isCompressed: boolean
  readonly opcode: number
  readonly payload: Buffer
  /** Of a client's frame. */
  readonly key: Buffer | undefined
  readonly size: number
}

export interface FrameReaderOptions {
  readonly from: 'client' | 'server'
  /** With permessage-deflate. */
  readonly agreement?: Agreement | undefined
}

class Fault extends Error {}

/** Throws a Fault by section and rule. */
function demand(isMet: boolean, section: string, rule: string): void {
  if (!isMet) throw new Fault(fault(section, rule))
}

export interface FrameReaderOwner {
  /** After a fault, or bytes behind Close, nothing more. */
  onSeen(seen: Seen, payload: Buffer, wasCompressed: boolean): void
  /** The masking key of each frame of a client. */
  onKey?(key: Buffer): void
}

export class FrameReader {
  readonly #owner: FrameReaderOwner
  readonly #from: 'client' | 'server'
  readonly #inflater: MessageInflater | undefined
  #chunks: Buffer[] = []
  #size = 0
  /** How many bytes there have to be before it makes sense to look again. */
  #wanted = 0
  #message: { readonly opcode: number; readonly isCompressed: boolean; readonly parts: Buffer[] } | undefined
  #isOver = false

  constructor(owner: FrameReaderOwner, { from, agreement }: FrameReaderOptions) {
    this.#owner = owner
    this.#from = from
    this.#inflater = agreement === undefined ? undefined : new MessageInflater(agreement)
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    try {
      // RFC 6455 §5.5.1: nothing may follow the Close frame
      demand(!this.#isOver || chunk.length === 0, '5.5.1', 'bytes came behind the Close frame')
      if (this.#size >= this.#wanted) this.#readAll(Buffer.concat(this.#chunks))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.#keep(Buffer.alloc(0), Infinity)
      this.#owner.onSeen(error.message, Buffer.alloc(0), false)
    }
  }

  #readAll(bytes: Buffer): void {
    let rest = bytes
    for (let frame = this.#read(rest); frame !== undefined; frame = this.#read(rest)) {
      rest = rest.subarray(frame.size)
      this.#accept(frame)
    }
  }

  #read(bytes: Buffer): Frame | undefined {
    const found = readFrame(bytes, this.#from, this.#inflater !== undefined)
    if (typeof found !== 'number') return found
    this.#keep(bytes, found)
    return undefined
  }

  #keep(bytes: Buffer, wanted: number): void {
    this.#chunks = [bytes]
    this.#size = bytes.length
    this.#wanted = wanted
  }

  #accept(frame: Frame): void {
    demand(!this.#isOver, '5.5.1', 'a frame came behind the Close frame')
    if (frame.key !== undefined) this.#owner.onKey?.(frame.key)
    if (frame.opcode >= CLOSE) this.#acceptControl(frame)
    else this.#acceptData(frame)
  }

  #acceptControl({ opcode, payload }: Frame): void {
    if (opcode === PONG) this.#owner.onSeen(pong(payload), payload, false)
    if (opcode === PING) this.#owner.onSeen('ping', payload, false)
    if (opcode !== CLOSE) return
    this.#isOver = true
    demand(payload.length !== 1, '5.5.1', 'the body of a Close frame is 1 byte long')
    demand(isUtf8(payload.subarray(2)), '5.5.1', 'the reason of a Close frame is not UTF-8')
    this.#owner.onSeen(close(payload.length === 0 ? undefined : payload.readUInt16BE(0)), payload, false)
  }

  #acceptData({ opcode, payload, fin, isCompressed }: Frame): void {
    demand((opcode === CONTINUATION) === (this.#message !== undefined), '5.4', 'fragments are out of sequence')
    this.#message ??= { opcode, isCompressed, parts: [] }
    this.#message.parts.push(payload)
    if (!fin) return
    const { opcode: kind, isCompressed: wasCompressed, parts } = this.#message
    const sent = parts.length === 1 ? parts[0]! : Buffer.concat(parts)
    this.#message = undefined
    const whole = wasCompressed ? this.#inflate(sent) : sent
    demand(kind === BINARY || isUtf8(whole), '8.1', 'a text message is not UTF-8')
    this.#owner.onSeen(kind === TEXT ? text(whole) : binary(whole), whole, wasCompressed)
  }

  #inflate(payload: Buffer): Buffer {
    try {
      return this.#inflater!.inflate(payload)
    } catch (error) {
      if (!(error instanceof InflateError)) throw error
      throw new Fault(`fault: ${error.message}`)
    }
  }
}

/** The frame at the beginning of `bytes`, or how many bytes are needed to know more. */
function readFrame(bytes: Buffer, from: 'client' | 'server', mayCompress: boolean): Frame | number {
  if (bytes.length < 2) return 2
  const [first, second] = [bytes[0]!, bytes[1]!]
  const opcode = first & 0x0f
  const fin = first >= 0x80
  const isCompressed = (first & 0x40) !== 0
  demand((first & 0x30) === 0 && (!isCompressed || mayCompress), '5.2', 'a reserved bit is set')
  // RFC 7692 §6.1: only on the first fragment of a data message
  demand(!isCompressed || opcode === TEXT || opcode === BINARY, '5.2', 'RSV1 on a continuation or a control frame (RFC 7692 §6.1)')
  demand([CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode), '5.2', `opcode ${opcode} is reserved`)
  const isMasked = second >= 0x80
  demand(isMasked === (from === 'client'), '5.1', isMasked ? 'a server must not mask its frames' : 'a client must mask its frames')
  const short = second & 0x7f
  demand(opcode < CLOSE || (fin && short <= 125), '5.5', 'a control frame is fragmented or longer than 125 bytes')
  const extended = short < 126 ? 0 : short === 126 ? 2 : 8
  if (bytes.length < 2 + extended) return 2 + extended
  const length = extended === 0 ? short : readLength(bytes.subarray(2, 2 + extended))
  const start = 2 + extended + (isMasked ? 4 : 0)
  const size = start + length
  if (bytes.length < size) return size
  const key = isMasked ? Buffer.from(bytes.subarray(start - 4, start)) : undefined
  return { fin, isCompressed, opcode, payload: masked(bytes.subarray(start, size), key), key, size }
}

function readLength(bytes: Buffer): number {
  const length = bytes.length === 2 ? bytes.readUInt16BE() : Number(bytes.readBigUInt64BE())
  demand(length >= (bytes.length === 2 ? 126 : 0x1_0000), '5.2', 'a length is not written in its shortest form')
  return length
}
