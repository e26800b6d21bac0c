// What the cases write as a client, the way a server has to send it, and the other way round: masked frames lose their key, and others
// get one (RFC 6455 §5.1). All else stays as wrong as it was, and where it was cut. Knows no rule about frames but where a payload begins.
import { Buffer } from 'node:buffer'
import { EXAMPLE_MASK, masked } from './frame.js'

const MASKED = 0x80
const KEY_SIZE = 4

export class MaskTurner {
  /** Of the frame that has begun: its header and the key that it came with, as far as they have come. */
  #header: number[] = []
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
        turned.push(this.#turnHeader(bytes[at++]!))
      }
    }
    return turned.length === 1 ? Buffer.from(turned[0]!) : Buffer.concat(turned)
  }

  #turnPayload(part: Buffer): Buffer {
    const phase = this.#done % KEY_SIZE
    this.#done += part.length
    this.#left -= part.length
    return masked(part, Buffer.concat([this.#key, this.#key]).subarray(phase, phase + KEY_SIZE))
  }

  /** @returns what goes out in place of this byte of a header: nothing for one of a key, and a key at the end of a header without */
  #turnHeader(byte: number): Uint8Array {
    const header = this.#header
    header.push(byte)
    const [, second = 0] = header
    const size = 2 + ({ 126: 2, 127: 8 }[second & 0x7f] ?? 0)
    const isMasked = second >= MASKED
    const isInKey = header.length > size
    const out = isInKey ? [] : [header.length === 2 ? byte ^ MASKED : byte]
    if (header.length < 2 || header.length < size + (isMasked ? KEY_SIZE : 0)) return Buffer.from(out)
    this.#key = isMasked ? Buffer.from(header.slice(-KEY_SIZE)) : EXAMPLE_MASK
    this.#left = lengthOf(header.slice(0, size))
    this.#done = 0
    this.#header = []
    return Buffer.from(isMasked ? out : [...out, ...EXAMPLE_MASK])
  }
}

function lengthOf([, second = 0, ...extended]: readonly number[]): number {
  return extended.length === 0 ? second & 0x7f : extended.reduce((sum, byte) => sum * 256 + byte, 0)
}
