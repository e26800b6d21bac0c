// UTF-8 validity of bytes that arrive in pieces (RFC 6455 §8.1, RFC 3629): says at once when no continuation can make
// them valid any more. Knows nothing about frames.
import { isUtf8 } from 'node:buffer'

const ACCEPT = 0
const REJECT = -1

/*
 * Between pieces the state is the tail of an unfinished character, packed in one number:
 * how many continuation bytes are missing, and the range that the next one must lie in (RFC 3629 §4).
 */
const pack = (missing: number, low: number, high: number): number => (missing << 16) | (low << 8) | high

function afterLead(byte: number): number {
  if (byte < 0x80) return ACCEPT
  if (byte < 0xc2) return REJECT // a stray continuation byte, or an overlong two-byte form
  if (byte < 0xe0) return pack(1, 0x80, 0xbf)
  if (byte < 0xf0) return afterThreeByteLead(byte)
  if (byte === 0xf0) return pack(3, 0x90, 0xbf) // below U+10000 would be overlong
  if (byte < 0xf4) return pack(3, 0x80, 0xbf)
  return byte === 0xf4 ? pack(3, 0x80, 0x8f) : REJECT // above U+10FFFF
}

function afterThreeByteLead(byte: number): number {
  if (byte === 0xe0) return pack(2, 0xa0, 0xbf) // below U+0800 would be overlong
  if (byte === 0xed) return pack(2, 0x80, 0x9f) // U+D800-DFFF are surrogates
  return pack(2, 0x80, 0xbf)
}

function step(state: number, byte: number): number {
  if (state === ACCEPT) return afterLead(byte)
  if (byte < ((state >> 8) & 0xff) || byte > (state & 0xff)) return REJECT
  const missing = (state >> 16) - 1
  return missing === 0 ? ACCEPT : pack(missing, 0x80, 0xbf)
}

/** Where the last character begins that is not complete within `bytes`; `end` when all are. */
function incompleteTailStart(bytes: Uint8Array, start: number, end: number): number {
  for (let back = 1; back <= 3 && end - back >= start; back++) {
    const byte = bytes[end - back]!
    if (byte < 0x80) return end
    if (byte >= 0xc0) return back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? end - back : end
  }
  return end
}

/** Validates one text that arrives in any number of pieces; reusable after `reset()`. */
export class Utf8Validator {
  #state = ACCEPT

  /**
   * Takes the next piece. False as soon as the bytes so far cannot be the beginning of valid UTF-8, even in the middle
   * of a character, and for ever after that.
   */
  push(bytes: Uint8Array, start = 0, end: number = bytes.length): boolean {
    let position = start
    while (this.#state > ACCEPT && position < end) this.#state = step(this.#state, bytes[position++]!)
    if (this.#state !== ACCEPT) return this.#state !== REJECT
    const tail = incompleteTailStart(bytes, position, end)
    if (tail > position && !isUtf8(bytes.subarray(position, tail))) this.#state = REJECT
    for (position = tail; position < end && this.#state !== REJECT; position++) this.#state = step(this.#state, bytes[position]!)
    return this.#state !== REJECT
  }

  /** Whether the bytes so far end with a whole character. */
  get isComplete(): boolean {
    return this.#state === ACCEPT
  }

  reset(): void {
    this.#state = ACCEPT
  }
}
