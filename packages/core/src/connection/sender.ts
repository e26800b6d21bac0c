// send() -> messages: text or binary, whole, in fragments or in slices, one after the other. What cannot go now waits in the
// backlog of slow-consumer.ts, where the send limits are. Knows messages; bytes are the outbox's.
import { Buffer } from 'node:buffer'
import { SLICE_SIZE } from '../compression/deflater.js'
import { CloseCode } from '../protocol/close-code.js'
import { ProtocolError, UsageError } from '../protocol/errors.js'
import { type CloseStatus, assertSendable, parseClosePayload } from '../protocol/close-payload.js'
import type { Frame } from '../protocol/frame.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import { Opcode, isControlOpcode } from '../protocol/opcode.js'
import { type Payload, viewBytes } from '../protocol/payload.js'
import { FragmentedSend } from './fragmented-send.js'
import { OPEN } from './life.js'
import { SharedFrame } from './shared-frame.js'
import type { SharedMessage, SharedMessageOptions } from './shared-message.js'
import { SlicedSend } from './sliced-send.js'
import { SlowConsumer } from './slow-consumer.js'
import { type WholeMessage, relayed, sendPlain, sendWhole } from './whole-message.js'
import type { Wire } from './wire.js'

export interface SendOptions extends SharedMessageOptions {
  /** False: a fragment, more of the same message follow in the next sends (RFC 6455 §5.4); the first one says whether it is compressed. @default true */
  readonly fin?: boolean
}

/** How a message in parts is sent. */
export interface StreamOptions {
  /** Parts that are bytes are UTF-8 text. @default whether the first part is a string */
  readonly text?: boolean | undefined
  /** Where compression was agreed on: false sends the parts as they are. @default true */
  readonly compress?: boolean | undefined
}

/** Anything that yields the parts of one message. */
export type StreamSource = Iterable<Payload> | AsyncIterable<Payload>

export class Sender {
  readonly #wire: Wire
  /** The fragmented message that is open, if one is. */
  #fragmented: FragmentedSend | undefined
  /** The long message that is being deflated, if one is; `#fragmented` is then its. */
  #sliced: SlicedSend | undefined
  #streams: Promise<unknown> | undefined
  #slow: SlowConsumer | undefined

  constructor(wire: Wire) {
    this.#wire = wire
    wire.sender = this
  }

  get bufferedAmount(): number {
    return this.#held + (this.#slow?.backlog.bytes ?? 0)
  }

  /** Without what waits in the backlog. */
  get #held(): number {
    return this.#wire.outbox.bufferedAmount + (this.#sliced?.pendingBytes ?? 0)
  }

  get slow(): SlowConsumer | undefined {
    return this.#slow
  }

  send(data: string | Buffer, options: SendOptions | undefined): boolean {
    if (this.#fragmented?.isStream === false) return this.#continueFragmented(data, options)
    if (!this.#accepts(data.length, data, options?.key)) return false
    const opcode = typeof data === 'string' || options?.text === true ? Opcode.Text : Opcode.Binary
    if (options?.fin === false) this.#beginFragmented(opcode, data, options.compress)
    else this.#acceptWhole({ opcode, data, compress: options?.compress, relay: options?.relay }, options?.key)
    return true
  }

  #acceptWhole(message: WholeMessage, key: string | undefined): void {
    this.#wire.host.counters.messagesSent++
    if (this.#mustWait) this.#hold(message, key)
    else this.#sendWhole(message)
  }

  /** Fragments of different messages must not be interleaved, and what the transport has got no policy can drop. */
  get #mustWait(): boolean {
    return this.#fragmented !== undefined || this.#wire.outbox.isBlocked
  }

  #hold(message: WholeMessage | SharedFrame, key: string | undefined): void {
    this.#slowConsumer.hold(message, key)
  }

  get #slowConsumer(): SlowConsumer {
    return (this.#slow ??= new SlowConsumer(this.#wire))
  }

  #sendNext(message: WholeMessage | SharedFrame): void {
    if (message instanceof SharedFrame) this.#sendSharedFrame(message)
    else this.#sendWhole(message)
  }

  /** What waits goes on, as far as the transport takes it, and up to a message that takes its time. */
  onRoom(): void {
    const backlog = this.#slow?.backlog
    if (backlog === undefined) return
    while (backlog.length > 0 && !this.#mustWait && this.#wire.life === OPEN) this.#sendNext(backlog.shift()!)
  }

  /** Something follows that cannot wait behind what waits: all of that goes to the outbox, where no policy drops it. */
  #commit(): void {
    this.finishSliced()
    const backlog = this.#slow?.backlog
    while (backlog !== undefined && backlog.length > 0) {
      this.#sendNext(backlog.shift()!)
      this.finishSliced()
    }
  }

  #sendWhole(message: WholeMessage): void {
    const wire = this.#wire
    if (message.data.length <= SLICE_SIZE) return sendWhole(wire, message)
    const payload = relayed(wire, message)
    if (payload !== undefined) return wire.outbox.sendBytes(firstByteOf(message.opcode, true, true), payload)
    this.#sliced = SlicedSend.begin(wire, message, () => this.#endFragmented())
    this.#fragmented = this.#sliced?.fragmented
    if (this.#sliced === undefined) sendPlain(wire, message)
  }

  #continueFragmented(data: string | Buffer, options: SendOptions | undefined): boolean {
    if (!this.#acceptsPart(data)) return false
    this.#sendFragment(data, options?.fin ?? true)
    return true
  }

  #beginFragmented(opcode: Opcode, data: string | Buffer, compress: boolean | undefined): void {
    if (this.#isStreaming) throw new UsageError('WS_ERR_STREAMING', 'a stream is being sent: fragments of another message cannot be mixed in')
    this.#commit()
    this.#fragmented = this.#openFragmented(opcode, { isStream: false, compress })
    this.#fragmented.sendFragment(data, false)
  }

  #openFragmented(opcode: Opcode, { isStream, compress }: { isStream: boolean; compress: boolean | undefined }): FragmentedSend {
    const { outbox, compression } = this.#wire
    const deflater = compression !== undefined && compress !== false && compression.deflater.beginParts() ? compression.deflater : undefined
    return new FragmentedSend(outbox, { opcode, isStream, rsv1: deflater !== undefined, deflater })
  }

  #sendFragment(data: string | Buffer, fin: boolean): void {
    this.#fragmented!.sendFragment(data, fin)
    if (!fin) return
    this.#wire.host.counters.messagesSent++
    this.#endFragmented()
  }

  /** What has waited goes out, until one of these messages takes its time as well. */
  #endFragmented(): void {
    const { isDeflated } = this.#fragmented!
    this.#fragmented = this.#sliced = undefined
    if (isDeflated) this.#wire.host.counters.messagesDeflated++
    this.onRoom()
  }

  /** What is being deflated must be out before something that cannot wait; where the connection ends, nothing follows. */
  finishSliced(): void {
    while (this.#sliced !== undefined && this.#wire.life.state === 'open') this.#sliced.finish()
  }

  /** @throws UsageError while a message of the application's is open, in fragments or as a stream */
  #assertNotInMessage(): void {
    if (this.#fragmented === undefined || this.#sliced !== undefined) return
    throw new UsageError('WS_ERR_STREAMING', 'another message is being sent in fragments: end it first')
  }

  /** One message that many connections receive. Those that are closing are passed over. */
  sendShared(message: SharedMessage): boolean {
    const wire = this.#wire
    if (wire.closing.life !== OPEN) return false
    const frame = message.frameFor(wire.compression)
    if (!this.#accepts(frame.size, undefined, message.key)) return false
    wire.host.counters.messagesSent++
    if (this.#mustWait) this.#hold(frame, message.key)
    else this.#sendSharedFrame(frame)
    return true
  }

  #sendSharedFrame(frame: SharedFrame): void {
    if (frame.isDeflated) this.#wire.compression!.deflater.forgetHistory()
    this.#wire.outbox.sendShared(frame)
  }

  sendFrame(frame: Frame, compress: boolean | undefined): boolean {
    const { opcode, payload, fin, rsv1 } = frame
    if (rsv1) return this.#sendDeflated(frame)
    if (opcode === Opcode.Close) return this.close(closeStatusOf(payload))
    if (opcode === Opcode.Continuation && this.#fragmented?.isStream !== false) {
      throw new UsageError('WS_ERR_FRAGMENT_SEQUENCE', 'a continuation frame continues a message that was begun with fin: false (RFC 6455 §5.4)')
    }
    if (!isControlOpcode(opcode)) return this.send(payload, { text: opcode === Opcode.Text, fin, compress })
    if (!this.#acceptsPart(payload)) return false
    this.#wire.outbox.sendBytes(firstByteOf(opcode), payload)
    return true
  }

  /** A frame that its sender has deflated: it goes out as it is (RFC 7692 §6). */
  #sendDeflated({ opcode, payload, fin }: Frame): boolean {
    const { compression, outbox } = this.#wire
    if (compression === undefined) throw new UsageError('WS_ERR_RESERVED_BITS', 'rsv1 can only be set where permessage-deflate was negotiated')
    this.#assertNotInMessage()
    if (!this.#accepts(payload.length)) return false
    this.#commit()
    compression.deflater.forgetHistory()
    this.#fragmented = new FragmentedSend(outbox, { opcode, isStream: false, rsv1: true, deflater: undefined })
    this.#sendFragment(payload, fin)
    return true
  }

  /** Streams of one connection follow each other. */
  sendStream(source: StreamSource, options: StreamOptions = {}): Promise<boolean> {
    const result = (this.#streams ?? Promise.resolve()).then(() => this.#sendStream(source, options))
    this.#streams = result.catch(() => undefined)
    return result
  }

  async #sendStream(source: StreamSource, options: StreamOptions): Promise<boolean> {
    this.finishSliced()
    this.#assertNotInMessage()
    try {
      for await (const part of source) {
        const data = typeof part === 'string' ? part : viewBytes(part)
        if (!this.#acceptsOfStream(data)) return false
        this.#openStream(options.text ?? typeof part === 'string', options).sendFragment(data, false)
        await this.#wire.drained()
      }
    } catch (error) {
      // A message that has begun can only be ended by its end: a receiver must never take half of it for the whole.
      if (this.#isStreaming) this.#wire.closing.fail({ code: CloseCode.InternalError, reason: '' }, toError(error))
      throw error
    }
    if (!this.#acceptsOfStream('')) return false
    this.#openStream(options.text === true, options)
    this.#sendFragment('', true)
    return true
  }

  get #isStreaming(): boolean {
    return this.#fragmented?.isStream === true && this.#sliced === undefined
  }

  /** While it waited for its first part, others may have been sent. */
  #openStream(isText: boolean, { compress }: StreamOptions): FragmentedSend {
    if (this.#isStreaming) return this.#fragmented!
    this.#assertNotInMessage()
    this.#commit()
    return (this.#fragmented = this.#openFragmented(isText ? Opcode.Text : Opcode.Binary, { isStream: true, compress }))
  }

  /** Starts the closing handshake. An unfinished message stays unfinished, and what waited for its end is dropped. */
  close(status: CloseStatus): boolean {
    if (status.code !== CloseCode.NoStatusReceived) assertSendable(status.code, status.reason)
    this.finishSliced()
    if (this.#fragmented === undefined && this.#wire.life === OPEN) this.#commit()
    else this.#wire.countDropped(this.drop())
    return this.#wire.closing.start(status, this.#wire.host.settings.closeTimeout)
  }

  /** What has not come as far as the outbox will never be sent. @returns how much that is, in bytes */
  drop(): number {
    const dropped = (this.#sliced?.pendingBytes ?? 0) + (this.#slow?.clear() ?? 0)
    this.#sliced?.cancel()
    this.#fragmented = this.#sliced = undefined
    return dropped
  }

  /** Whether a whole message may be sent now or wait. @param data counted in bytes, but only where that matters: a UTF-16 unit takes at most 3 */
  #accepts(size: number, data?: string | Buffer, key?: string): boolean {
    const { closing, limits, outbox } = this.#wire
    if (closing.life !== OPEN) return this.#refuse()
    const bound = typeof data === 'string' ? size * 3 : size
    if (this.#fragmented === undefined && outbox.hasRoomFor(bound, limits.maxBufferedAmount)) return true
    const bytes = typeof data === 'string' ? Buffer.byteLength(data) : size
    return this.#slowConsumer.admits(bytes, { held: this.#held, key, waits: this.#mustWait })
  }

  /** Whether a control frame or the next part of a message that has begun may be sent. */
  #acceptsPart(data: string | Buffer): boolean {
    const { closing, limits, outbox } = this.#wire
    if (closing.life !== OPEN) return this.#refuse()
    const size = typeof data === 'string' ? Buffer.byteLength(data) : data.length
    return (this.#slow === undefined && outbox.hasRoomFor(size, limits.maxBufferedAmount)) || this.#slowConsumer.admitsPart(size, this.#held)
  }

  /** A stream that has begun cannot be left without its end. */
  #acceptsOfStream(data: string | Buffer): boolean {
    if (!this.#isStreaming) return this.#accepts(data.length, data)
    if (this.#acceptsPart(data)) return true
    if (this.#wire.life === OPEN) this.#slowConsumer.fail()
    return false
  }

  #refuse(): false {
    this.#wire.host.counters.sendsRefused++
    return false
  }

  /** The transport has not taken all of a write. */
  onBlocked(): void {
    if (this.#slow !== undefined || this.#held >= this.#wire.limits.highWaterMark) this.#slowConsumer.onAmount(this.bufferedAmount)
  }

  /** The transport has taken all that it had. */
  onWritten(): void {
    this.#slow?.onAmount(this.bufferedAmount)
  }

  onClosed(): void {
    this.#slow?.onClosed()
  }
}

/** A Close frame that must not be sent is its maker's fault, not the peer's. */
function closeStatusOf(payload: Buffer): CloseStatus {
  try {
    return parseClosePayload(payload)
  } catch (error) {
    if (error instanceof ProtocolError) throw new UsageError('WS_ERR_CLOSE_CODE', error.message)
    throw error
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
