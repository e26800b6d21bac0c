// send() -> messages: text or binary, whole, in fragments or in slices, one after the other, and the send limit. Knows messages;
// bytes are the outbox's.
import { Buffer } from 'node:buffer'
import { SLICE_SIZE } from '../compression/deflater.js'
import { CloseCode } from '../protocol/close-code.js'
import { messageOf, ProtocolError, UsageError, WebSocketError } from '../protocol/errors.js'
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

  constructor(wire: Wire) {
    this.#wire = wire
    wire.sender = this
  }

  get deferredBytes(): number {
    return (this.#fragmented?.deferredBytes ?? 0) + (this.#sliced?.pendingBytes ?? 0)
  }

  send(data: string | Buffer, options: SendOptions | undefined): boolean {
    if (!this.#accepts(data.length, data)) return false
    const opcode = typeof data === 'string' || options?.text === true ? Opcode.Text : Opcode.Binary
    const fin = options?.fin ?? true
    if (!fin) this.finishSliced()
    if (this.#fragmented !== undefined && !this.#fragmented.isStream) this.#sendFragment(data, fin)
    else if (fin) this.#acceptWhole({ opcode, data, compress: options?.compress, relay: options?.relay })
    else this.#beginFragmented(opcode, data, options?.compress)
    return true
  }

  #acceptWhole(message: WholeMessage): void {
    this.#wire.host.counters.messagesSent++
    this.#sendOrDefer(message)
  }

  #sendOrDefer(message: WholeMessage | SharedFrame): void {
    if (this.#fragmented !== undefined) this.#fragmented.defer(message)
    else if (message instanceof SharedFrame) this.#sendSharedFrame(message)
    else this.#sendWhole(message)
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

  #beginFragmented(opcode: Opcode, data: string | Buffer, compress: boolean | undefined): void {
    if (this.#fragmented !== undefined) throw new UsageError('WS_ERR_STREAMING', 'a stream is being sent: fragments of another message cannot be mixed in')
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
    const { isDeflated, deferred } = this.#fragmented!
    this.#fragmented = this.#sliced = undefined
    if (isDeflated) this.#wire.host.counters.messagesDeflated++
    for (const message of deferred) this.#sendOrDefer(message)
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
    if (!this.#accepts(frame.size)) return false
    wire.host.counters.messagesSent++
    if (this.#fragmented === undefined) this.#sendSharedFrame(frame)
    else this.#fragmented.defer(frame)
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
    if (!this.#accepts(payload.length)) return false
    this.#wire.outbox.sendBytes(firstByteOf(opcode), payload)
    return true
  }

  /** A frame that its sender has deflated: it goes out as it is (RFC 7692 §6). */
  #sendDeflated({ opcode, payload, fin }: Frame): boolean {
    const { compression, outbox } = this.#wire
    if (compression === undefined) throw new UsageError('WS_ERR_RESERVED_BITS', 'rsv1 can only be set where permessage-deflate was negotiated')
    this.finishSliced()
    this.#assertNotInMessage()
    if (!this.#accepts(payload.length)) return false
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
        if (!this.#accepts(data.length, data)) return false
        this.#openStream(options.text ?? typeof part === 'string', options).sendFragment(data, false)
        await this.#wire.drained()
      }
    } catch (error) {
      // A message that has begun can only be ended by its end: a receiver must never take half of it for the whole.
      if (this.#isStreaming) this.#wire.closing.fail({ code: CloseCode.InternalError, reason: '' }, toError(error))
      throw error
    }
    if (!this.#accepts(0)) return false
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
    this.finishSliced()
    this.#assertNotInMessage()
    return (this.#fragmented = this.#openFragmented(isText ? Opcode.Text : Opcode.Binary, { isStream: true, compress }))
  }

  /** Starts the closing handshake. An unfinished message stays unfinished, and what waited for its end is dropped. */
  close(status: CloseStatus, timeout = this.#wire.host.settings.closeTimeout): boolean {
    if (status.code !== CloseCode.NoStatusReceived) assertSendable(status.code, status.reason)
    this.finishSliced()
    this.#wire.host.counters.bytesDropped += this.dropDeferred()
    return this.#wire.closing.start(status, timeout)
  }

  /** What waited for the end of a fragmented message will never be sent. @returns how much that is, in bytes */
  dropDeferred(): number {
    const dropped = this.deferredBytes
    this.#sliced?.cancel()
    this.#fragmented = this.#sliced = undefined
    return dropped
  }

  /** @param data counted in bytes, but only where that matters: a UTF-16 unit takes at most 3 */
  #accepts(size: number, data?: string | Buffer): boolean {
    const { closing, host, outbox } = this.#wire
    if (closing.life !== OPEN) {
      host.counters.sendsRefused++
      return false
    }
    const bound = typeof data === 'string' ? size * 3 : size
    if (this.#fragmented === undefined && outbox.hasRoomFor(bound, host.settings.maxBufferedAmount)) return true
    const room = host.settings.maxBufferedAmount - outbox.bufferedAmount - this.deferredBytes
    if (size <= room && (bound <= room || typeof data !== 'string' || Buffer.byteLength(data) <= room)) return true
    host.counters.sendsRefused++
    this.#overflow()
    return false
  }

  /** The slow-consumer policy `close`: the peer does not keep up, so it is told to come back later. */
  #overflow(): void {
    const message = `more than maxBufferedAmount (${this.#wire.host.settings.maxBufferedAmount} bytes) waited to be sent`
    this.#wire.closing.fail({ code: CloseCode.TryAgainLater, reason: 'too slow' }, new WebSocketError('WS_ERR_SLOW_CONSUMER', message))
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
  return error instanceof Error ? error : new Error(messageOf(error))
}
