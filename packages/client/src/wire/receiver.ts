// A server's bytes -> messages and control frames, checked as a client must (RFC 6455 §5.1: a masked frame fails the connection).
// It stops between any two frames when its owner does. Knows no sockets.
import type { Buffer } from 'node:buffer'
import type { Compression } from '@tocsin/core/compression'
import { FrameParser, MessageAssembler, type Opcode, ParserEvent, isControlOpcode } from '@tocsin/core/protocol'

export interface ReceiverOwner {
  /** Asked before each frame. */
  readonly canReceive: boolean
  onMessage(message: string | Buffer): void
  /** The payload is valid only during the call. */
  onControlFrame(opcode: Opcode, payload: Buffer): void
}

export class Receiver {
  readonly #owner: ReceiverOwner
  readonly #parser: FrameParser
  readonly #assembler: MessageAssembler
  readonly #compression: Compression | undefined
  #isPumping = false

  constructor(owner: ReceiverOwner, maxMessageSize: number, compression: Compression | undefined) {
    this.#owner = owner
    this.#compression = compression
    this.#parser = new FrameParser({ masked: false, allowRsv1: compression !== undefined })
    this.#assembler = new MessageAssembler({ maxMessageSize, text: 'string' })
  }

  feed(chunk: Buffer): void {
    this.#parser.feed(chunk)
  }

  /** Hands out what the bytes hold, until they end or the owner stops. @throws ProtocolError */
  pump(): void {
    // A handler that resumes reading must not start a second loop inside the first.
    if (this.#isPumping) return
    this.#isPumping = true
    try {
      while (this.#owner.canReceive && this.#step()) { /* until the bytes end */ }
    } finally {
      this.#isPumping = false
    }
  }

  #step(): boolean {
    const parser = this.#parser
    const event = parser.next()
    if (event === ParserEvent.NeedMore) return false
    const isControl = isControlOpcode(parser.opcode)
    if (event === ParserEvent.Header) {
      if (!isControl) this.#assembler.beginFrame(parser)
    } else if (isControl) {
      this.#owner.onControlFrame(parser.opcode, parser.bytes.subarray(parser.sliceStart, parser.sliceEnd))
    } else if (this.#assembler.isCompressed ? this.#takeCompressed(this.#compression!) : this.#assembler.takeSlice(parser)) {
      const { message } = this.#assembler
      this.#assembler.message = ''
      this.#owner.onMessage(message)
    }
    return true
  }

  /** The assembler stops it when the message gets too long, after each piece of output. @returns whether the message is complete */
  #takeCompressed({ inflater }: Compression): boolean {
    const { bytes, sliceStart, sliceEnd, fin, isFrameComplete } = this.#parser
    inflater.feed(bytes.subarray(sliceStart, sliceEnd), fin && isFrameComplete)
    while (inflater.hasWork) {
      inflater.next()
      this.#assembler.takeInflated(inflater.output, inflater.outputLength, inflater.isMessageEnd)
    }
    return inflater.isMessageEnd
  }

  discard(): void {
    this.#parser.discard()
    this.#assembler.discard()
  }
}
