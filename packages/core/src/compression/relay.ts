// The message that is being handed to its handlers just now, in the compressed form in which it came: who sends it on at
// once, unchanged, need not deflate it again (FEATURES A22). Knows one message at a time, and pins nothing.
import type { Buffer } from 'node:buffer'

export class Relay {
  #message: string | Buffer | undefined
  #payload: Buffer | undefined
  #windowBits = 0

  /** @param windowBits the payload refers back no further, and to no other message */
  offer(message: string | Buffer, payload: Buffer, windowBits: number): void {
    this.#message = message
    this.#payload = payload
    this.#windowBits = windowBits
  }

  withdraw(): void {
    this.#message = this.#payload = undefined
  }

  /**
   * The compressed form of `data` for a receiver with this window, if it is the message on offer.
   * @param isUnchanged the sender's word that bytes have not been written to; strings cannot be
   */
  payloadFor(data: string | Buffer, windowBits: number, isUnchanged: boolean): Buffer | undefined {
    if (this.#message === undefined || windowBits < this.#windowBits) return undefined
    return data === this.#message && (isUnchanged || typeof data === 'string') ? this.#payload : undefined
  }
}
