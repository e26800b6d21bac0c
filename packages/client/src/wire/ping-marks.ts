// What a Pong confirms: the peer takes frames in order, so all that was sent before the Ping has arrived. Knows payloads and counts.
import { Buffer } from 'node:buffer'

const SIZE = 4

export class PingMarks {
  #pings = 0
  /** The last Ping, and how many messages had been sent before it. */
  #last: { readonly payload: Buffer; readonly sent: number } | undefined
  #confirmed = 0

  /** @param sent messages until now. @returns the payload of a Ping that marks this point */
  next(sent: number): Buffer {
    const payload = Buffer.alloc(SIZE)
    payload.writeUInt32BE(this.#pings = (this.#pings + 1) >>> 0)
    this.#last = { payload, sent }
    return payload
  }

  /** @returns how many messages are confirmed by this Pong that were not before; an older Pong, or one unasked for, confirms none */
  confirmedBy(payload: Buffer): number {
    if (!this.#last?.payload.equals(payload)) return 0
    const count = this.#last.sent - this.#confirmed
    this.#confirmed = this.#last.sent
    return count
  }
}
