// A message that is sent in fragments (RFC 6455 §5.4). Exists only while such a message is open; whole messages wait for its
// end, because fragments of different messages must not be interleaved.
import { Buffer } from 'node:buffer'
import type { Deflater } from '../compression/deflater.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import { Opcode } from '../protocol/opcode.js'
import type { Outbox } from './outbox.js'

export interface FragmentedSendInit {
  readonly opcode: Opcode
  /** Of a stream: other sends are messages of their own and wait; otherwise each send() is the next fragment. */
  readonly isStream: boolean
  /** RFC 7692 §6: the first fragment says that the message is compressed. */
  readonly rsv1: boolean
  /** Fragments are deflated here; without it they go out as they are. */
  readonly deflater: Deflater | undefined
}

export class FragmentedSend {
  readonly isStream: boolean
  readonly isDeflated: boolean

  readonly #outbox: Outbox
  readonly #init: FragmentedSendInit
  #hasBegun = false

  constructor(outbox: Outbox, init: FragmentedSendInit) {
    this.#outbox = outbox
    this.#init = init
    this.isStream = init.isStream
    this.isDeflated = init.deflater !== undefined
  }

  /** `flushes`: the peer can make use of it before the next one comes. */
  sendFragment(data: string | Buffer, fin: boolean, flushes = true): void {
    const { deflater } = this.#init
    const bytes = deflater === undefined ? data : deflater.deflatePart(toBytes(data), { isLast: fin, flushes })
    if (bytes.length === 0 && deflater !== undefined) return
    sendFrame(this.#outbox, this.#firstByte(fin), bytes)
    this.#hasBegun = true
  }

  /** RFC 6455 §5.4: the first fragment carries the opcode (and RSV1), the others are continuations, the last has FIN. */
  #firstByte(fin: boolean): number {
    return this.#hasBegun ? firstByteOf(Opcode.Continuation, fin) : firstByteOf(this.#init.opcode, fin, this.#init.rsv1)
  }
}

function toBytes(data: string | Buffer): Buffer {
  return typeof data === 'string' ? Buffer.from(data) : data
}

/** One frame with this payload, whatever its kind. */
function sendFrame(outbox: Outbox, firstByte: number, data: string | Buffer): void {
  if (typeof data === 'string') outbox.sendText(firstByte, data)
  else outbox.sendBytes(firstByte, data)
}
