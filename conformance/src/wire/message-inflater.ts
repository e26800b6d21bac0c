// A server's compressed messages -> data, judged by what was agreed: the window, and whether there may be a context (RFC 7692 §7.2.2).
// Knows no frames.
import { Buffer } from 'node:buffer'
import type { Agreement } from './extensions.js'
import { InflateError, inflate } from './inflate.js'

/** RFC 7692 §7.2.2: what the sender has taken off, the receiver puts back. */
const TAIL = Buffer.from('0000ffff', 'hex')
const NOTHING = Buffer.alloc(0)

export class MessageInflater {
  readonly #agreement: Agreement
  #history: Buffer = NOTHING

  constructor(agreement: Agreement) {
    this.#agreement = agreement
  }

  /** @throws InflateError that names the section, when the message is not what was agreed */
  inflate(payload: Buffer): Buffer {
    const { serverNoContextTakeover, serverMaxWindowBits } = this.#agreement
    const { data, farthest } = this.#decode(payload)
    const size = 1 << serverMaxWindowBits
    if (farthest > size) throw new InflateError(`RFC 7692 §7.1.2.1: a match ${farthest} bytes back in a window of ${size}`)
    if (!serverNoContextTakeover) this.#history = Buffer.from(Buffer.concat([this.#history, data]).subarray(-32_768))
    return data
  }

  #decode(payload: Buffer): ReturnType<typeof inflate> {
    try {
      return inflate(Buffer.concat([payload, TAIL]), this.#history)
    } catch (error) {
      if (!(error instanceof InflateError)) throw error
      const hint = this.#agreement.serverNoContextTakeover && error.message.includes('beyond the beginning')
      throw new InflateError(`RFC 7692 §${hint ? '7.1.1.1' : '7.2.1'}: ${error.message}`)
    }
  }
}
