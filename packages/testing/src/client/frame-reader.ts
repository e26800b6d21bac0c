// A server's bytes -> frames and messages, checked by RFC 6455 as a client must. Knows no socket and answers nothing.
import { Buffer } from 'node:buffer'
import {
  CloseFrame,
  Frame,
  FrameParser,
  MessageAssembler,
  Opcode,
  ParserEvent,
  isControlOpcode,
  parseClosePayload,
} from '@tocsin/core/protocol'
import type { Compression } from '@tocsin/core/compression'

export interface FrameReaderOwner {
  onFrame(frame: Frame | CloseFrame): void
  onMessage(message: string | Buffer): void
}

/** A test decides by itself what is too long. */
const NO_LIMIT = 0x1fff_ffe8

export class FrameReader {
  // RFC 6455 §5.1: a client must close the connection upon a masked frame
  readonly #parser: FrameParser
  readonly #assembler = new MessageAssembler({ maxMessageSize: NO_LIMIT, text: 'string' })
  readonly #owner: FrameReaderOwner
  #slices: Buffer[] = []

  readonly #compression: Compression | undefined

  constructor(owner: FrameReaderOwner, compression?: Compression) {
    this.#owner = owner
    this.#compression = compression
    this.#parser = new FrameParser({ masked: false, allowRsv1: compression !== undefined })
  }

  /** @throws ProtocolError when the server breaks RFC 6455 */
  push(chunk: Buffer): void {
    this.#parser.feed(chunk)
    for (let event = this.#parser.next(); event !== ParserEvent.NeedMore; event = this.#parser.next()) {
      if (event === ParserEvent.Header) this.#onHeader()
      else this.#onPayload()
    }
  }

  #onHeader(): void {
    this.#slices = []
    if (!isControlOpcode(this.#parser.opcode)) this.#assembler.beginFrame(this.#parser)
  }

  #onPayload(): void {
    const { bytes, sliceStart, sliceEnd, opcode, isFrameComplete } = this.#parser
    this.#slices.push(Buffer.from(bytes.subarray(sliceStart, sliceEnd)))
    const isMessage = !isControlOpcode(opcode) && this.#takeSlice(bytes.subarray(sliceStart, sliceEnd))
    if (isFrameComplete) this.#owner.onFrame(this.#takeFrame())
    if (isMessage) this.#owner.onMessage(this.#assembler.message)
  }

  /** @returns whether the message is complete */
  #takeSlice(slice: Buffer): boolean {
    if (!this.#assembler.isCompressed) return this.#assembler.takeSlice(this.#parser)
    const { inflater } = this.#compression!
    inflater.feed(slice, this.#parser.fin && this.#parser.isFrameComplete)
    while (inflater.hasWork) {
      inflater.next()
      this.#assembler.takeInflated(inflater.output, inflater.outputLength, inflater.isMessageEnd)
    }
    return inflater.isMessageEnd
  }

  #takeFrame(): Frame | CloseFrame {
    const { opcode, fin, rsv1 } = this.#parser
    const payload = Buffer.concat(this.#slices)
    if (opcode !== Opcode.Close) return new Frame({ opcode, payload, fin, rsv1 })
    const { code, reason } = parseClosePayload(payload)
    return new CloseFrame(code, reason)
  }
}
