// What the application sends: which kind of message it is, and whether it is accepted. How it goes out is outgoing.ts, what
// happens to a slow peer is slow-consumer.ts.
import { Buffer } from 'node:buffer'
import { CloseCode } from '../protocol/close-code.js'
import { messageOf, ProtocolError, UsageError } from '../protocol/errors.js'
import { type CloseStatus, assertSendable, parseClosePayload } from '../protocol/close-payload.js'
import type { Frame } from '../protocol/frame.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import { Opcode, isControlOpcode } from '../protocol/opcode.js'
import { type Payload, viewBytes } from '../protocol/payload.js'
import { OPEN } from './life.js'
import type { Outgoing } from './outgoing.js'
import type { SharedMessage, SharedMessageOptions } from './shared-message.js'
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
  readonly #outgoing: Outgoing
  #streams: Promise<unknown> | undefined

  constructor(wire: Wire) {
    this.#wire = wire
    this.#outgoing = wire.outgoing
  }

  send(data: string | Buffer, options: SendOptions | undefined): boolean {
    if (options !== undefined || !this.#wire.outbox.trySend(data)) return this.#send(data, options)
    this.#wire.host.counters.messagesSent++
    return true
  }

  #send(data: string | Buffer, options: SendOptions | undefined): boolean {
    if (this.#outgoing.isInFragments) return this.#continueFragmented(data, options)
    const opcode = typeof data === 'string' || options?.text === true ? Opcode.Text : Opcode.Binary
    if (options?.fin === false) return this.#beginFragmented(opcode, data, options.compress)
    const message = { opcode, data, compress: options?.compress, relay: options?.relay }
    if (this.#isFree(typeof data === 'string' ? data.length * 3 : data.length)) this.#outgoing.sendWhole(message)
    else if (this.#admits(sizeOf(data), options?.key)) this.#outgoing.send(message, options?.key)
    else return false
    this.#wire.host.counters.messagesSent++
    return true
  }

  #beginFragmented(opcode: Opcode, data: string | Buffer, compress: boolean | undefined): boolean {
    if (!this.#acceptsFirst(data)) return false
    if (this.#outgoing.isStreaming) throw new UsageError('WS_ERR_STREAMING', 'a stream is being sent: fragments of another message cannot be mixed in')
    this.#outgoing.begin(opcode, { isStream: false, compress })
    this.#outgoing.sendFragment(data, false)
    return true
  }

  #continueFragmented(data: string | Buffer, options: SendOptions | undefined): boolean {
    if (!this.#acceptsPart(data)) return false
    this.#outgoing.sendFragment(data, options?.fin ?? true)
    return true
  }

  /** One message that many connections receive. Those that are closing are passed over. */
  sendShared(message: SharedMessage): boolean {
    const wire = this.#wire
    if (wire.closing.life !== OPEN) return false
    const frame = message.frameFor(wire.compression)
    if (this.#isFree(frame.size)) this.#outgoing.sendFrame(frame)
    else if (this.#admits(frame.size, message.key)) this.#outgoing.send(frame, message.key)
    else return false
    wire.host.counters.messagesSent++
    return true
  }

  sendFrame(frame: Frame, options: Pick<SendOptions, 'compress' | 'key'> | undefined): boolean {
    const { opcode, payload, fin, rsv1 } = frame
    if (rsv1) return this.#sendDeflated(frame)
    if (opcode === Opcode.Close) return this.close(closeStatusOf(payload))
    if (opcode === Opcode.Continuation && !this.#outgoing.isInFragments) {
      throw new UsageError('WS_ERR_FRAGMENT_SEQUENCE', 'a continuation frame continues a message that was begun with fin: false (RFC 6455 §5.4)')
    }
    if (!isControlOpcode(opcode)) return this.send(payload, { text: opcode === Opcode.Text, fin, compress: options?.compress, key: options?.key })
    if (!this.#acceptsPart(payload)) return false
    this.#wire.outbox.sendBytes(firstByteOf(opcode), payload)
    return true
  }

  /** A frame that its sender has deflated: it goes out as it is (RFC 7692 §6). */
  #sendDeflated({ opcode, payload, fin }: Frame): boolean {
    if (this.#wire.compression === undefined) throw new UsageError('WS_ERR_RESERVED_BITS', 'rsv1 can only be set where permessage-deflate was negotiated')
    this.#assertNotInMessage()
    if (!this.#acceptsFirst(payload)) return false
    this.#outgoing.beginDeflated(opcode)
    this.#outgoing.sendFragment(payload, fin)
    return true
  }

  /** @throws UsageError while a message of the application's is open, in fragments or as a stream */
  #assertNotInMessage(): void {
    if (!this.#outgoing.isInFragments && !this.#outgoing.isStreaming) return
    throw new UsageError('WS_ERR_STREAMING', 'another message is being sent in fragments: end it first')
  }

  /** Streams of one connection follow each other. */
  sendStream(source: StreamSource, options: StreamOptions = {}): Promise<boolean> {
    const result = (this.#streams ?? Promise.resolve()).then(() => this.#sendStream(source, options))
    this.#streams = result.catch(() => undefined)
    return result
  }

  async #sendStream(source: StreamSource, options: StreamOptions): Promise<boolean> {
    this.#assertNotInMessage()
    try {
      for await (const part of source) {
        const data = typeof part === 'string' ? part : viewBytes(part)
        if (!this.#acceptsOfStream(data)) return false
        this.#openStream(options.text ?? typeof part === 'string', options)
        this.#outgoing.sendFragment(data, false)
        await this.#wire.drained()
      }
    } catch (error) {
      // A message that has begun can only be ended by its end: a receiver must never take half of it for the whole.
      if (this.#outgoing.isStreaming) this.#wire.closing.fail({ code: CloseCode.InternalError, reason: '' }, toError(error))
      throw error
    }
    if (!this.#acceptsOfStream('')) return false
    this.#openStream(options.text === true, options)
    this.#outgoing.sendFragment('', true)
    return true
  }

  /** While it waited for its first part, others may have been sent. */
  #openStream(isText: boolean, { compress }: StreamOptions): void {
    if (this.#outgoing.isStreaming) return
    this.#assertNotInMessage()
    this.#outgoing.begin(isText ? Opcode.Text : Opcode.Binary, { isStream: true, compress })
  }

  /** Starts the closing handshake. */
  close(status: CloseStatus, timeout = this.#wire.host.settings.closeTimeout): boolean {
    if (status.code !== CloseCode.NoStatusReceived) assertSendable(status.code, status.reason)
    this.#wire.countDropped(this.#outgoing.end())
    return this.#wire.closing.start(status, timeout)
  }

  /** The usual case: nothing is in the way of so many bytes. */
  #isFree(size: number): boolean {
    const { closing, limits, outbox } = this.#wire
    return closing.life === OPEN && !this.#outgoing.hasOpenMessage && outbox.hasRoomFor(size, limits.maxBufferedAmount)
  }

  /** Otherwise: whether a whole message may be sent all the same, or wait. */
  #admits(size: number, key: string | undefined): boolean {
    if (this.#wire.closing.life !== OPEN) return this.#refuse()
    const { slowConsumer, mustWait } = this.#outgoing
    return slowConsumer.admits(size, { key, waits: mustWait })
  }

  /** Whether a message in fragments may begin: it does not wait itself, because what waits goes before it. */
  #acceptsFirst(data: string | Buffer): boolean {
    const size = sizeOf(data)
    if (this.#isFree(size)) return true
    if (this.#wire.closing.life !== OPEN) return this.#refuse()
    return this.#outgoing.slowConsumer.admits(size, { key: undefined, waits: false })
  }

  /** Whether a control frame or the next part of a message that has begun may be sent. */
  #acceptsPart(data: string | Buffer): boolean {
    const size = sizeOf(data)
    const { closing, limits, outbox } = this.#wire
    if (closing.life !== OPEN) return this.#refuse()
    if (this.#outgoing.slow === undefined && outbox.hasRoomFor(size, limits.maxBufferedAmount)) return true
    return this.#outgoing.slowConsumer.admitsPart(size, outbox.isBlocked)
  }

  /** A stream that has begun cannot be left without its end. */
  #acceptsOfStream(data: string | Buffer): boolean {
    if (!this.#outgoing.isStreaming) return this.#acceptsFirst(data)
    if (this.#acceptsPart(data)) return true
    if (this.#wire.life === OPEN) this.#outgoing.slowConsumer.fail()
    return false
  }

  #refuse(): false {
    this.#wire.host.counters.sendsRefused++
    return false
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

function sizeOf(data: string | Buffer): number {
  return typeof data === 'string' ? Buffer.byteLength(data) : data.length
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(messageOf(error))
}
