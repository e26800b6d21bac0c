// A message that many connections receive: encoded once, and deflated once for each set of parameters among them
// (FEATURES C4), when the first of them comes by. Knows frames, not who gets them.
import type { Buffer } from 'node:buffer'
import { type Compression, deflating } from '../compression/compression.js'
import { Deflater } from '../compression/deflater.js'
import { firstByteOf } from '../protocol/frame-writer.js'
import { Opcode } from '../protocol/opcode.js'
import { type Payload, viewBytes } from '../protocol/payload.js'
import type { Runtime } from '../runtime.js'
import { type SharedFrame, encodeSharedBytes, encodeSharedText } from './shared-frame.js'

/** How a message is sent, whoever gets it. */
export interface SharedMessageOptions {
  /** Bytes are UTF-8 text already: send them as a text message, unchecked. @default false */
  readonly text?: boolean | undefined
  /** Where compression was agreed on: true compresses whatever the size, false never. @default by the `threshold` */
  readonly compress?: boolean | undefined
  /**
   * These bytes are a message just as the handler received it: where parameters allow, it goes out in the compressed form in
   * which it came. A string needs no such word. @default false
   */
  readonly relay?: boolean | undefined
  /**
   * With `slowConsumer: 'latest'`: what this message is the latest state of, such as a symbol or a room. Where the message
   * before with the same key still waits, it is dropped in favour of this one. @default none
   */
  readonly key?: string | undefined
}

export class SharedMessage {
  readonly #runtime: Runtime
  readonly #data: string | Buffer
  readonly #options: SharedMessageOptions
  /** See `SharedMessageOptions.key`. */
  readonly key: string | undefined
  readonly #opcode: Opcode
  #plain: SharedFrame | undefined
  /** By window bits; undefined: not yet. */
  #deflated: (SharedFrame | undefined)[] | undefined

  constructor(runtime: Runtime, data: Payload, options: SharedMessageOptions = {}) {
    this.#runtime = runtime
    this.#data = typeof data === 'string' ? data : viewBytes(data)
    this.#options = options
    this.key = options.key
    this.#opcode = typeof data === 'string' || options.text === true ? Opcode.Text : Opcode.Binary
  }

  /** The frame for a receiver that has agreed on this. */
  frameFor(compression: Compression | undefined): SharedFrame {
    if (compression === undefined || !compression.wants(this.#data, this.#options.compress)) return this.#plainFrame
    const bits = compression.deflater.kind.windowBits
    return ((this.#deflated ??= [])[bits] ??= this.#deflate(compression) ?? this.#plainFrame)
  }

  get #plainFrame(): SharedFrame {
    return (this.#plain ??= this.#encode())
  }

  #encode(): SharedFrame {
    const { broadcastSlab } = this.#runtime
    const data = this.#data
    return typeof data === 'string' ? encodeSharedText(broadcastSlab, data) : encodeSharedBytes(broadcastSlab, firstByteOf(this.#opcode), data)
  }

  /** Without history, so that everybody with this window can inflate it; a receiver's own context has to be reset then. */
  #deflate(compression: Compression): SharedFrame | undefined {
    const { relay, zlib } = this.#runtime
    const { policy, counters, deflater } = compression
    const { windowBits } = deflater.kind
    let payload = relay.payloadFor(this.#data, windowBits, this.#options.relay === true)
    if (payload === undefined) {
      counters.messagesDeflated++
      payload = new Deflater(zlib, { kind: deflating(policy, windowBits), keepsContext: false }).deflate(zlib.bytesOf(this.#data))
    }
    return payload && encodeSharedBytes(this.#runtime.deflatedSlab(windowBits), firstByteOf(this.#opcode, true, true), payload)
  }
}
