// Messages that compress in different ways, the same in every run.
import { Buffer } from 'node:buffer'

/** Bytes without any pattern (xorshift32). */
export function noise(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size)
  let state = (seed * 2_654_435_761) >>> 0 || 1
  for (let i = 0; i < size; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state >>> 16
  }
  return bytes
}

/** ASCII that shrinks to about a third. */
export function prose(size: number, seed = 1): string {
  const bytes = noise(size, seed).map((byte) => 97 + (byte & 7) + (byte > 250 ? 16 : 0))
  return Buffer.from(bytes).toString('latin1')
}

/** The same block over and over: matches at exactly this distance are worth taking. */
export function echoes(distance: number, size: number): Buffer {
  return Buffer.alloc(size, noise(distance, distance))
}
