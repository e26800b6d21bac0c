// A message that is sent in fragments (RFC 6455 §5.4), and the whole messages that must wait until it has ended, because
// fragments of different messages must not be interleaved. Exists only while such a message is open.
import { Buffer } from 'node:buffer'
import type { Deflater } from '../compression/deflater.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import { Opcode } from '../protocol/opcode.js'
import type { Outbox } from './outbox.js'
import { SharedFrame } from './shared-frame.js'
import type { WholeMessage } from './whole-message.js'

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
  /** Bytes (of text: UTF-16 units) that wait for the end of this message. */
  deferredBytes = 0
  /** In the order in which they were accepted. */
  readonly deferred: (WholeMessage | SharedFrame)[] = []

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

  /** In memory of its own: it must neither pin a slab nor change with the caller's. */
  defer(message: WholeMessage | SharedFrame): void {
    if (message instanceof SharedFrame) {
      this.deferred.push(message.detached())
      this.deferredBytes += message.size
    } else {
      const { data } = message
      this.deferred.push({ ...message, data: typeof data === 'string' ? data : Buffer.from(data) })
      this.deferredBytes += data.length
    }
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
