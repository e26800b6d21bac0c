// Bytes -> messages and control frames, as far as its owner lets it: it stops between any two frames. Knows no sockets.
import type { Buffer } from 'node:buffer'
import { FrameParser, ParserEvent } from '../protocol/frame-parser.js'
import { applyMask } from '../protocol/masking.js'
import { MessageAssembler, type MessageKind } from '../protocol/message-assembler.js'
import { type Opcode, isControlOpcode } from '../protocol/opcode.js'
import type { ConnectionSettings } from './settings.js'

export interface ReceiverOwner {
  /** Asked before each frame. */
  readonly canReceive: boolean
  onMessage(message: string | Buffer, kind: MessageKind): void
  /** The payload is valid only during the call. */
  onControlFrame(opcode: Opcode, payload: Buffer): void
}

export class Receiver {
  readonly #owner: ReceiverOwner
  readonly #parser = new FrameParser({ masked: true })
  readonly #assembler: MessageAssembler

  constructor(owner: ReceiverOwner, settings: ConnectionSettings) {
    this.#owner = owner
    this.#assembler = new MessageAssembler(settings)
  }

  /** Whether bytes wait that were not looked at because the owner stopped. */
  get hasUnparsed(): boolean {
    return this.#parser.unparsedLength > 0
  }

  feed(chunk: Buffer): void {
    this.#parser.feed(chunk)
  }

  /** Hands out what the bytes hold, until they end or the owner stops. Throws a ProtocolError where they break the RFC. */
  pump(): void {
    const parser = this.#parser
    while (this.#owner.canReceive) {
      const event = parser.next()
      if (event === ParserEvent.NeedMore) return
      if (event === ParserEvent.Payload) this.#takePayload(parser)
      else if (!isControlOpcode(parser.opcode)) this.#assembler.beginFrame(parser)
    }
  }

  #takePayload(parser: FrameParser): void {
    const assembler = this.#assembler
    if (isControlOpcode(parser.opcode)) {
      const { bytes, sliceStart, sliceEnd } = parser
      applyMask(bytes, sliceStart, sliceEnd, parser.maskingKey)
      this.#owner.onControlFrame(parser.opcode, bytes.subarray(sliceStart, sliceEnd))
    } else if (assembler.takeSlice(parser)) {
      const { message, kind } = assembler
      assembler.message = ''
      this.#owner.onMessage(message, kind)
    }
  }

  /** The connection ends: nothing of what was received and not handed out will be. */
  discard(): void {
    this.#parser.discard()
    this.#assembler.discard()
  }
}
