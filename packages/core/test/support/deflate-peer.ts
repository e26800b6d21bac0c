// The other side of a compressed connection, on Node's public zlib alone: deflates with its own context, and reads frames as a
// strict client does. Knows nothing of the code under test but the shape of a frame.
import { Buffer } from 'node:buffer'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { Frame, Opcode } from '../../src/protocol/index.js'

const TAIL = Buffer.of(0, 0, 0xff, 0xff)
const { Z_SYNC_FLUSH } = constants

export interface PeerContext {
  /** Whether messages refer to earlier ones. @default false */
  readonly keepsContext?: boolean
  /** @default 15 */
  readonly windowBits?: number
}

/** What went before, as far as a window of this size reaches. */
class History {
  bytes: Buffer = Buffer.alloc(0)
  readonly #size: number

  constructor({ keepsContext = false, windowBits = 15 }: PeerContext) {
    this.#size = keepsContext ? 1 << windowBits : 0
  }

  add(message: Buffer): void {
    this.bytes = this.#size === 0 ? this.bytes : Buffer.concat([this.bytes, message]).subarray(-this.#size)
  }

  get option(): { dictionary?: Buffer } {
    return this.bytes.length > 0 ? { dictionary: this.bytes } : {}
  }
}

/** Deflates messages as a client does. */
export class PeerDeflater {
  readonly #history: History
  readonly #windowBits: number

  constructor(context: PeerContext = {}) {
    this.#history = new History(context)
    this.#windowBits = Math.max(9, context.windowBits ?? 15)
  }

  deflate(message: string | Buffer, level = 6): Buffer {
    const bytes = Buffer.from(message as Buffer)
    const deflated = deflateRawSync(bytes, { ...this.#history.option, level, windowBits: this.#windowBits, finishFlush: Z_SYNC_FLUSH })
    this.#history.add(bytes)
    return deflated.subarray(0, -4)
  }
}

/** Payload of a message that refers to nothing before it. */
export function deflated(message: string | Buffer, level = 6): Buffer {
  return new PeerDeflater().deflate(message, level)
}

export class PeerInflater {
  readonly #history: History
  readonly #windowBits: number

  constructor(context: PeerContext = {}) {
    this.#history = new History(context)
    this.#windowBits = context.windowBits ?? 15
  }

  inflate(payload: Buffer): Buffer {
    const bytes = inflateRawSync(Buffer.concat([payload, TAIL]), { ...this.#history.option, windowBits: this.#windowBits, finishFlush: Z_SYNC_FLUSH })
    this.#history.add(bytes)
    return bytes
  }
}

export interface ReadMessage {
  readonly data: string | Buffer
  readonly isCompressed: boolean
  readonly fragments: number
}

/** Reads frames of a server in their order: messages, and what came between them. Throws where they break RFC 6455 §5.4 or RFC 7692 §6. */
export class FrameReader {
  readonly messages: ReadMessage[] = []
  readonly controls: Frame[] = []
  readonly #inflater: PeerInflater
  #first: Frame | undefined
  #payloads: Buffer[] = []

  constructor(context: PeerContext = {}) {
    this.#inflater = new PeerInflater(context)
  }

  get data(): (string | Buffer)[] {
    return this.messages.map(({ data }) => data)
  }

  take(...frames: readonly Frame[]): this {
    for (const frame of frames) this.#takeOne(frame)
    return this
  }

  #takeOne(frame: Frame): void {
    if (this.controls.some(({ opcode }) => opcode === Opcode.Close)) throw new Error('a frame behind Close')
    if (frame.opcode >= Opcode.Close) return void this.controls.push(frame)
    if ((frame.opcode === Opcode.Continuation) !== (this.#first !== undefined)) throw new Error('a fragment out of place')
    this.#first ??= frame
    this.#payloads.push(frame.payload)
    if (frame.fin) this.#finish(this.#first)
  }

  #finish({ rsv1, opcode }: Frame): void {
    const payload = Buffer.concat(this.#payloads)
    const bytes = rsv1 ? this.#inflater.inflate(payload) : payload
    this.messages.push({ data: opcode === Opcode.Text ? bytes.toString() : bytes, isCompressed: rsv1, fragments: this.#payloads.length })
    this.#first = undefined
    this.#payloads = []
  }
}

/** A compressed message as a client sends it: one frame, or cut into fragments of this many bytes. */
export function compressedFrames(payload: Buffer, { opcode = Opcode.Binary, fragment = Infinity }: { opcode?: Opcode; fragment?: number } = {}): Frame[] {
  const frames: Frame[] = []
  for (let at = 0; at === 0 || at < payload.length; at += fragment) {
    const isFirst = at === 0
    frames.push(new Frame({ opcode: isFirst ? opcode : Opcode.Continuation, payload: payload.subarray(at, at + fragment), rsv1: isFirst, fin: at + fragment >= payload.length }))
    if (fragment === Infinity) break
  }
  return frames
}
