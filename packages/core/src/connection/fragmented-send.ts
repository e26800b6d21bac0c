// A message that is sent in fragments (RFC 6455 §5.4), and the whole messages that must wait until it has ended, because
// fragments of different messages must not be interleaved. Exists only while such a message is open.
import { Buffer } from 'node:buffer'
import { firstByteOf } from '../protocol/frame-writer.js'
import { Opcode } from '../protocol/opcode.js'
import type { Outbox } from './outbox.js'
import { SharedFrame } from './shared-frame.js'

interface WholeMessage {
  readonly firstByte: number
  readonly data: string | Buffer
}

export class FragmentedSend {
  /** Of a stream: other sends are messages of their own and wait; otherwise each send() is the next fragment. */
  readonly isStream: boolean
  /** Bytes (of text: UTF-16 units) that wait for the end of this message. */
  deferredBytes = 0

  readonly #outbox: Outbox
  readonly #opcode: Opcode
  #hasBegun = false
  #deferred: (WholeMessage | SharedFrame)[] = []

  constructor(outbox: Outbox, opcode: Opcode, isStream: boolean) {
    this.#outbox = outbox
    this.#opcode = opcode
    this.isStream = isStream
  }

  /** RFC 6455 §5.4: the first fragment carries the opcode, the others are continuations, the last has FIN. */
  sendFragment(data: string | Buffer, fin: boolean): void {
    sendFrame(this.#outbox, firstByteOf(this.#hasBegun ? Opcode.Continuation : this.#opcode, fin), data)
    this.#hasBegun = true
  }

  /** In memory of its own: it must neither pin a slab nor change with the caller's. */
  defer(message: WholeMessage | SharedFrame): void {
    if (message instanceof SharedFrame) {
      this.#deferred.push(message.detached())
      this.deferredBytes += message.size
    } else {
      const { firstByte, data } = message
      this.#deferred.push({ firstByte, data: typeof data === 'string' ? data : Buffer.from(data) })
      this.deferredBytes += data.length
    }
  }

  /** After the last fragment. */
  releaseDeferred(): void {
    for (const message of this.#deferred) {
      if (message instanceof SharedFrame) this.#outbox.sendShared(message)
      else sendFrame(this.#outbox, message.firstByte, message.data)
    }
  }
}

/** One frame with this payload, whatever its kind. */
export function sendFrame(outbox: Outbox, firstByte: number, data: string | Buffer): void {
  if (typeof data === 'string') outbox.sendText(firstByte, data)
  else outbox.sendBytes(firstByte, data)
}
