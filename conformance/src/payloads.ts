// What the cases send: bytes that can be told apart wherever they are lost or moved, that compress, and that do not.
import { Buffer } from 'node:buffer'

const PATTERN = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7 + (index >> 8)) & 0xff))

/** Bytes that differ from their neighbours. */
export function pattern(size: number): Buffer {
  return Buffer.alloc(size, PATTERN)
}

/** ASCII, so that it is text as well. */
export function letters(size: number): string {
  return Buffer.alloc(size, 'abcdefghijklmnopqrstuvwxyz').toString('latin1')
}

/** The same bytes each time, and nothing for a compressor to find (a linear congruential generator's upper bits). */
export function noise(size: number, seed = 1): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  let state = seed
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[index] = state >>> 24
  }
  return bytes
}

/** Text in which no three letters are likely to repeat nearby. */
export function noisyText(size: number, seed = 1): string {
  return noise(Math.ceil((size * 3) / 4), seed).toString('base64').slice(0, size)
}

const WORDS = ['the', 'quick', 'brown', 'fox', 'jumps', 'over', 'lazy', 'dogs', 'while', 'naïve', 'cafés', 'close']

/** Words in changing order: it compresses as prose does. Longer ones repeat it, farther apart than any window. */
const PROSE = Array.from(noise(20_000), (each) => WORDS[each % WORDS.length]!).join(' ')
const PROSE_BYTES = Buffer.from(PROSE, 'utf8')

/** UTF-8 of that many bytes: where a character of two is cut, a full stop takes the place of its half. */
export function prose(size: number): string {
  const bytes = Buffer.alloc(size, PROSE_BYTES)
  if (size > 0 && (bytes[size - 1]! & 0xe0) === 0xc0) bytes[size - 1] = 0x2e
  return bytes.toString('utf8')
}
