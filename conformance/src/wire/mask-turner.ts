// What the cases write as a client, the way a server has to send it, and the other way round: masked frames lose their key, and others
// get one (RFC 6455 §5.1). All else stays as wrong as it was, and where it was cut. Knows no rule about frames but where a payload begins.
import { Buffer } from 'node:buffer'
import { EXAMPLE_MASK, masked } from './frame.js'

const MASKED = 0x80
const KEY_SIZE = 4

export class MaskTurner {
  /** Of the frame that has begun: its header and the key that it came with, as far as they have come. */
  readonly #header: number[] = []
  #key: Uint8Array = Buffer.alloc(KEY_SIZE)
  /** Of its payload: what is still to come, and what has been. */
  #left = 0
  #done = 0

  turn(bytes: Buffer): Buffer {
    const turned: Uint8Array[] = []
    for (let at = 0; at < bytes.length;) {
      if (this.#left > 0) {
        const part = bytes.subarray(at, at + this.#left)
        turned.push(this.#turnPayload(part))
        at += part.length
      } else {
        const out = this.#turnHeader(bytes[at++]!)
        if (out !== undefined) turned.push(out)
      }
    }
    return turned.length === 1 ? Buffer.from(turned[0]!) : Buffer.concat(turned)
  }

  #turnPayload(part: Buffer): Buffer {
    const phase = this.#done % KEY_SIZE
    this.#done += part.length
    this.#left -= part.length
    return masked(part, phase === 0 ? this.#key : Buffer.concat([this.#key, this.#key]).subarray(phase, phase + KEY_SIZE))
  }

  /** @returns what goes out in place of this byte of a header: nothing for one of a key, and a key at the end of a header without */
  #turnHeader(byte: number): Uint8Array | undefined {
    const header = this.#header
    header.push(byte)
    const second = header[1] ?? 0
    const short = second & 0x7f
    const size = short < 126 ? 2 : short === 126 ? 4 : 10
    const isMasked = second >= MASKED
    const out = header.length > size ? undefined : header.length === 2 ? byte ^ MASKED : byte
    if (header.length < 2 || header.length < size + (isMasked ? KEY_SIZE : 0)) return out === undefined ? out : BYTES[out]
    this.#key = isMasked ? Uint8Array.from(header.slice(-KEY_SIZE)) : EXAMPLE_MASK
    this.#left = lengthOf(header.slice(0, size))
    this.#done = 0
    header.length = 0
    return isMasked ? undefined : Uint8Array.of(out!, ...EXAMPLE_MASK)
  }
}

/** One buffer for each byte: fragments make millions of them. */
const BYTES: readonly Uint8Array[] = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte))

function lengthOf([, second = 0, ...extended]: readonly number[]): number {
  return extended.length === 0 ? second & 0x7f : extended.reduce((sum, byte) => sum * 256 + byte, 0)
}
