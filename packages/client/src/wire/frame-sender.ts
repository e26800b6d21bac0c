// Frames onto a socket: masked, compressed where that was agreed on, what is written in one turn in one piece. Knows no life.
import { Buffer } from 'node:buffer'
import type { Duplex } from 'node:stream'
import type { Compression } from '@tocsin/core/compression'
import { Opcode, UsageError, firstByteOf } from '@tocsin/core/protocol'
import type { Payload, SendOptions } from '../shared/link.js'
import { bytesOf, maskedFrame, sizeOf } from './masked-frame.js'
import type { MaskingKeys } from './masking-keys.js'

export interface FrameSenderInit {
  readonly socket: Duplex
  readonly compression: Compression | undefined
  readonly keys: MaskingKeys
  /** Everything that was written has left. */
  readonly onEmpty: () => void
}

export class FrameSender {
  /** Messages that were sent. */
  messages = 0
  readonly #socket: Duplex
  readonly #compression: Compression | undefined
  readonly #keys: MaskingKeys
  readonly #onWritten: () => void
  #isCorked = false

  constructor({ socket, compression, keys, onEmpty }: FrameSenderInit) {
    this.#socket = socket
    this.#compression = compression
    this.#keys = keys
    // `drain` comes only where the buffer was full.
    this.#onWritten = () => { if (socket.writableLength === 0) onEmpty() }
  }

  /** Whether the next frame would go to the network now. */
  get isReady(): boolean {
    return !this.#socket.writableNeedDrain && this.#socket.writable
  }

  sendMessage(data: Payload, { text = typeof data === 'string', binary = false, compress }: SendOptions): void {
    const opcode = text && !binary ? Opcode.Text : Opcode.Binary
    const deflated = this.#compression === undefined ? undefined : deflate(this.#compression, data, compress)
    this.messages++
    this.#write(firstByteOf(opcode, true, deflated !== undefined), deflated ?? data)
  }

  /** @throws UsageError for a payload that is too long */
  sendControl(opcode: Opcode, payload: Payload): void {
    // RFC 6455 §5.5: at most 125 bytes.
    if (!(sizeOf(payload) <= 125)) throw new UsageError('WS_ERR_CONTROL_FRAME', 'a Ping carries a string or bytes, at most 125 (RFC 6455 §5.5)')
    this.#write(firstByteOf(opcode), payload)
  }

  #write(firstByte: number, payload: Payload): void {
    const socket = this.#socket
    if (!socket.writable) return
    if (!this.#isCorked) {
      this.#isCorked = true
      socket.cork()
      process.nextTick(() => {
        this.#isCorked = false
        socket.uncork()
      })
    }
    socket.write(maskedFrame(firstByte, payload, this.#keys.next()), this.#onWritten)
  }
}

/** @returns undefined for a message that goes as it is; otherwise memory that is good until the next call */
function deflate(compression: Compression, data: Payload, compress: boolean | undefined): Buffer | undefined {
  const bytes = typeof data === 'string' ? Buffer.from(data) : bytesOf(data)
  return compression.wants(bytes, compress) ? compression.deflater.deflate(bytes) : undefined
}
