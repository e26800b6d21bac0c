// Bytes -> messages and control frames, as far as its owner lets it: it stops between any two frames, and while it inflates
// a lot it gives way to others between any two slices. Knows no sockets.
import type { Buffer } from 'node:buffer'
import type { Compression } from '../compression/compression.js'
import { FrameParser, ParserEvent } from '../protocol/frame-parser.js'
import { applyMask, rotateMaskingKey } from '../protocol/masking.js'
import { MessageAssembler, type MessageKind } from '../protocol/message-assembler.js'
import { type Opcode, isControlOpcode } from '../protocol/opcode.js'
import type { Runtime } from '../runtime.js'
import type { Flushable } from './flush-queue.js'
import type { ConnectionLimit } from './over-limit.js'
import type { ConnectionSettings } from './settings.js'
import { UnfinishedMessage } from './unfinished-message.js'

/** Bytes that one connection may inflate in one turn of the event loop, about. */
const INFLATED_PER_TURN = 64 * 1024
/** What a step costs besides its output, in bytes, so that many steps without output end, too. */
const STEP_COST = 256

export interface ReceiverOwner {
  readonly runtime: Runtime
  /** What was agreed on; undefined: RSV1 must be 0. */
  readonly compression: Compression | undefined
  /** Asked before each frame. */
  readonly canReceive: boolean
  onMessage(message: string | Buffer, kind: MessageKind): void
  /** The payload is valid only during the call. */
  onControlFrame(opcode: Opcode, payload: Buffer): void
  /** The connection takes more than it may. */
  onOverLimit(limit: ConnectionLimit): void
  /** It has given way to others, and can go on. */
  onReceiverReady(): void
}

export class Receiver implements Flushable {
  isQueued = false
  readonly #owner: ReceiverOwner
  readonly #parser: FrameParser
  readonly #assembler: MessageAssembler
  readonly #messageTimeout: number
  /** Made with the first message in pieces. */
  #unfinished: UnfinishedMessage | undefined
  #allowance = 0

  constructor(owner: ReceiverOwner, settings: ConnectionSettings) {
    this.#owner = owner
    this.#parser = new FrameParser({ masked: true, allowRsv1: owner.compression !== undefined })
    this.#assembler = new MessageAssembler(settings, owner.runtime.messageMemory)
    this.#messageTimeout = settings.messageTimeout
  }

  /** Whether bytes wait that were not looked at because the owner stopped, or others had their turn. */
  get hasUnparsed(): boolean {
    return this.#parser.unparsedLength > 0 || this.#owner.compression?.inflater.hasWork === true
  }

  /** Whether it waits for the next turn. */
  get hasYielded(): boolean {
    return this.isQueued
  }

  /** @param isLent the chunk is here only until keepUnparsed() */
  feed(chunk: Buffer, isLent = false): void {
    this.#assembler.copiesSlices = isLent
    this.#parser.feed(chunk)
  }

  /** Whatever waits is copied out of the chunk that was fed last. */
  keepUnparsed(): void {
    if (!this.hasUnparsed) return
    this.#parser.keepUnparsed()
    this.#owner.compression?.inflater.keepInput()
  }

  /** Hands out what the bytes hold, until they end or the owner stops. Throws a ProtocolError where they break the RFC. */
  pump(): void {
    const parser = this.#parser
    this.#allowance = INFLATED_PER_TURN
    const { compression } = this.#owner
    if (compression?.inflater.hasWork === true && this.#owner.canReceive) this.#inflate(compression)
    while (this.#owner.canReceive) {
      let event = parser.next()
      if (event === ParserEvent.Header) {
        if (!isControlOpcode(parser.opcode)) this.#assembler.beginFrame(parser)
        event = parser.next()
      }
      if (event === ParserEvent.NeedMore) return this.#onNeedMore()
      this.#takePayload(parser)
    }
  }

  #onNeedMore(): void {
    if (!this.#assembler.isInMessage && !this.#parser.isInFrame) return this.#unfinished?.end()
    this.#unfinished ??= new UnfinishedMessage(this.#owner, this.#messageTimeout)
    this.#unfinished.goOn(this.#assembler.heldBytes + (this.#owner.compression?.inflater.heldBytes ?? 0))
  }

  #takePayload(parser: FrameParser): void {
    const assembler = this.#assembler
    if (isControlOpcode(parser.opcode)) {
      if (!assembler.isInMessage) this.#unfinished?.end()
      const { bytes, sliceStart, sliceEnd } = parser
      applyMask(bytes, sliceStart, sliceEnd, parser.maskingKey)
      this.#owner.onControlFrame(parser.opcode, bytes.subarray(sliceStart, sliceEnd))
    } else if (assembler.isCompressed) {
      this.#takeCompressed(parser, this.#owner.compression!)
    } else if (assembler.takeSlice(parser)) {
      this.#hand()
    }
  }

  #takeCompressed(parser: FrameParser, compression: Compression): void {
    const { bytes, sliceStart: start, sliceEnd: end } = parser
    applyMask(bytes, start, end, rotateMaskingKey(parser.maskingKey, parser.sliceOffset))
    compression.inflater.feed(bytes.subarray(start, end), parser.fin && parser.isFrameComplete)
    this.#inflate(compression)
  }

  #inflate(compression: Compression): void {
    const { inflater } = compression
    while (inflater.hasWork) {
      inflater.next()
      this.#assembler.takeInflated(inflater.output, inflater.outputLength, inflater.isMessageEnd)
      this.#allowance -= inflater.outputLength + STEP_COST
      if (this.#allowance < 0 && this.hasUnparsed && (inflater.isMessageEnd || inflater.canWait())) this.#owner.runtime.turnQueue.add(this)
      if (inflater.isMessageEnd) return this.#handInflated(compression)
      if (this.hasYielded) return
    }
  }

  /** What a handler sends on at once need not be deflated again. */
  #handInflated({ inflater, counters, relayableWindowBits }: Compression): void {
    const payload = inflater.takePayload()
    const { relay } = this.#owner.runtime
    counters.messagesInflated++
    if (payload !== undefined) relay.offer(this.#assembler.message, payload, relayableWindowBits!)
    try {
      this.#hand()
    } finally {
      relay.withdraw()
    }
  }

  #hand(): void {
    const { message, kind } = this.#assembler
    this.#assembler.message = ''
    this.#unfinished?.end()
    this.#owner.onMessage(message, kind)
  }

  setReading(isReading: boolean): void {
    this.#unfinished?.setReading(isReading)
  }

  /** Others have had their turn. */
  flush(): void {
    this.#owner.onReceiverReady()
  }

  /** The connection ends: nothing of what was received and not handed out will be. */
  discard(): void {
    this.#parser.discard()
    this.#assembler.discard()
    this.#unfinished?.stop()
    this.#owner.compression?.inflater.close()
  }
}
