// send() -> frames: text or binary, whole or in fragments, and the send limit. Knows messages; bytes are the outbox's.
import { Buffer } from 'node:buffer'
import { CloseCode } from '../protocol/close-code.js'
import { ProtocolError, UsageError, WebSocketError } from '../protocol/errors.js'
import { type CloseStatus, assertSendable, parseClosePayload } from '../protocol/close-payload.js'
import type { Frame } from '../protocol/frame.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import { Opcode, isControlOpcode } from '../protocol/opcode.js'
import { type Payload, viewBytes } from '../protocol/payload.js'
import { FragmentedSend, sendFrame } from './fragmented-send.js'
import type { SharedFrame } from './shared-frame.js'
import type { Wire } from './wire.js'

export interface SendOptions {
  /** Bytes are UTF-8 text already: send them as a text message, unchecked. @default false */
  readonly text?: boolean
  /** False: a fragment, more of the same message follow in the next sends (RFC 6455 §5.4). @default true */
  readonly fin?: boolean
}

/** Anything that yields the parts of one message. */
export type StreamSource = Iterable<Payload> | AsyncIterable<Payload>

const TEXT = firstByteOf(Opcode.Text)
const BINARY = firstByteOf(Opcode.Binary)

export class Sender {
  readonly #wire: Wire
  /** The fragmented message that is open, if one is. */
  #fragmented: FragmentedSend | undefined
  #streams: Promise<unknown> | undefined

  constructor(wire: Wire) {
    this.#wire = wire
  }

  get deferredBytes(): number {
    return this.#fragmented?.deferredBytes ?? 0
  }

  send(data: string | Buffer, options: SendOptions | undefined): boolean {
    if (!this.#accepts(data.length, data)) return false
    const isText = typeof data === 'string' || options?.text === true
    if (this.#fragmented === undefined && options?.fin !== false) this.#sendWhole(isText ? TEXT : BINARY, data)
    else if (this.#fragmented?.isStream === true) this.#deferWhole({ firstByte: isText ? TEXT : BINARY, data }, options)
    else this.#sendFragment(data, isText, options?.fin ?? true)
    return true
  }

  #sendWhole(firstByte: number, data: string | Buffer): void {
    this.#wire.host.counters.messagesSent++
    sendFrame(this.#wire.outbox, firstByte, data)
  }

  #deferWhole(message: { firstByte: number; data: string | Buffer }, options: SendOptions | undefined): void {
    if (options?.fin === false) throw new UsageError('WS_ERR_STREAMING', 'a stream is being sent: fragments of another message cannot be mixed in')
    this.#wire.host.counters.messagesSent++
    this.#fragmented!.defer(message)
  }

  #sendFragment(data: string | Buffer, isText: boolean, fin: boolean): void {
    this.#fragmented ??= new FragmentedSend(this.#wire.outbox, isText ? Opcode.Text : Opcode.Binary, false)
    this.#fragmented.sendFragment(data, fin)
    if (fin) this.#endFragmented()
  }

  #endFragmented(): void {
    const ended = this.#fragmented
    this.#fragmented = undefined
    this.#wire.host.counters.messagesSent++
    ended?.releaseDeferred()
  }

  /** One frame that many connections receive. */
  sendShared(frame: SharedFrame): boolean {
    if (!this.#accepts(frame.size)) return false
    this.#wire.host.counters.messagesSent++
    if (this.#fragmented === undefined) this.#wire.outbox.sendShared(frame)
    else this.#fragmented.defer(frame)
    return true
  }

  sendFrame(frame: Frame): boolean {
    const { opcode, payload, fin, rsv1 } = frame
    if (rsv1) throw new UsageError('WS_ERR_RESERVED_BITS', 'rsv1 can only be set where permessage-deflate was negotiated')
    if (opcode === Opcode.Close) return this.close(closeStatusOf(payload))
    if (opcode === Opcode.Continuation && this.#fragmented === undefined) {
      throw new UsageError('WS_ERR_FRAGMENT_SEQUENCE', 'a continuation frame continues a message that was begun with fin: false (RFC 6455 §5.4)')
    }
    if (!isControlOpcode(opcode)) return this.send(payload, { text: opcode === Opcode.Text, fin })
    if (!this.#accepts(payload.length)) return false
    this.#wire.outbox.sendBytes(firstByteOf(opcode), payload)
    return true
  }

  /** Streams of one connection follow each other. */
  sendStream(source: StreamSource, options: { readonly text?: boolean } | undefined): Promise<boolean> {
    const result = (this.#streams ?? Promise.resolve()).then(() => this.#sendStream(source, options?.text))
    this.#streams = result.catch(() => undefined)
    return result
  }

  async #sendStream(source: StreamSource, asText: boolean | undefined): Promise<boolean> {
    if (this.#fragmented !== undefined) throw new UsageError('WS_ERR_STREAMING', 'end the message that send({ fin: false }) began before sending a stream')
    try {
      for await (const part of source) {
        const data = typeof part === 'string' ? part : viewBytes(part)
        if (!this.#accepts(data.length, data)) return false
        this.#openStream(asText ?? typeof part === 'string').sendFragment(data, false)
        await this.#wire.drained()
      }
    } catch (error) {
      // A message that has begun can only be ended by its end: a receiver must never take half of it for the whole.
      if (this.#fragmented !== undefined) this.#wire.closing.fail({ code: CloseCode.InternalError, reason: '' }, toError(error))
      throw error
    }
    if (!this.#accepts(0)) return false
    this.#openStream(asText === true).sendFragment('', true)
    this.#endFragmented()
    return true
  }

  #openStream(isText: boolean): FragmentedSend {
    return (this.#fragmented ??= new FragmentedSend(this.#wire.outbox, isText ? Opcode.Text : Opcode.Binary, true))
  }

  /** Starts the closing handshake. An unfinished message stays unfinished, and what waited for its end is dropped. */
  close(status: CloseStatus): boolean {
    if (status.code !== CloseCode.NoStatusReceived) assertSendable(status.code, status.reason)
    this.#wire.host.counters.bytesDropped += this.dropDeferred()
    return this.#wire.closing.start(status, this.#wire.host.settings.closeTimeout)
  }

  /** What waited for the end of a fragmented message will never be sent. @returns how much that is, in bytes */
  dropDeferred(): number {
    const dropped = this.deferredBytes
    this.#fragmented = undefined
    return dropped
  }

  /** @param data counted in bytes, but only where that matters: a UTF-16 unit takes at most 3 */
  #accepts(size: number, data?: string | Buffer): boolean {
    const { life, host, outbox } = this.#wire
    if (life.state !== 'open') {
      host.counters.sendsRefused++
      return false
    }
    const room = host.settings.maxBufferedAmount - outbox.bufferedAmount - this.deferredBytes
    if (size <= room && (typeof data !== 'string' || size * 3 <= room || Buffer.byteLength(data) <= room)) return true
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
  return error instanceof Error ? error : new Error(String(error))
}
