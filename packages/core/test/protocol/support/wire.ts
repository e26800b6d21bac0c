// Bytes of the wire for tests: hex, a deliberately naive frame encoder, and a replay split at every byte.
// Knows nothing of the code under test, so that it can serve as its oracle.
import { expect } from 'vitest'

export const KEY = Buffer.from('37fa213d', 'hex')

/** Spaces are for the eye. */
export function hex(text: string): Buffer {
  const digits = text.replaceAll(' ', '')
  expect(digits).toMatch(/^([\da-f]{2})*$/i)
  return Buffer.from(digits, 'hex')
}

/** RFC 6455 §5.3, word for word. */
export function maskNaively(bytes: Uint8Array, key: Uint8Array): Buffer {
  return Buffer.from(bytes.map((octet, i) => octet ^ key[i % 4]!))
}

/** RFC 6455 §5.2, the plain way: the first byte is given whole, the length is minimal. */
export function encode(first: number, payload: Uint8Array | string, key?: Uint8Array): Buffer {
  const bytes = Buffer.from(payload as Uint8Array)
  const short = bytes.length < 126 ? bytes.length : bytes.length < 65_536 ? 126 : 127
  const length = Buffer.alloc(short < 126 ? 0 : short === 126 ? 2 : 8)
  if (short === 126) length.writeUInt16BE(bytes.length)
  if (short === 127) length.writeBigUInt64BE(BigInt(bytes.length))
  const unmasked = Buffer.concat([Buffer.of(first, short), length, bytes])
  return key ? asMasked(unmasked, key) : unmasked
}

/** Bytes before the payload of an unmasked frame, going by what its second byte says. */
export function unmaskedHeaderSize(frame: Uint8Array): number {
  const short = (frame[1] ?? 0) & 0x7f
  return short < 126 ? 2 : short === 126 ? 4 : 10
}

/** The same frame, right or wrong, as a client sends it. A frame cut inside its header gets no key. */
export function asMasked(frame: Buffer, key: Uint8Array = KEY): Buffer {
  const size = unmaskedHeaderSize(frame)
  const header = Buffer.from(frame.subarray(0, size))
  if (header.length > 1) header[1]! |= 0x80
  return frame.length < size ? header : Buffer.concat([header, key, maskNaively(frame.subarray(size), key)])
}

/** The bytes cut at the given places; copies, because readers unmask in place. */
export function cut(bytes: Uint8Array, places: readonly number[]): Buffer[] {
  const edges = [0, ...places, bytes.length]
  return edges.slice(1).map((end, i) => Buffer.from(bytes.subarray(edges[i], end)))
}

/** Cut into pieces of one size. */
export function slices(bytes: Uint8Array, size: number): Buffer[] {
  const places: number[] = []
  for (let at = size; at < bytes.length; at += size) places.push(at)
  return cut(bytes, places)
}

/** Reads the bytes in one piece, in two cut at every byte, and in pieces of 1, 2, 3 and 7 bytes: always the same. */
export function replaySplit<Seen>(bytes: Uint8Array, read: (chunks: Buffer[]) => Seen): Seen {
  const whole = read(cut(bytes, []))
  for (let at = 1; at < bytes.length; at++) expect(read(cut(bytes, [at])), `split at byte ${at}`).toEqual(whole)
  for (const size of [1, 2, 3, 7]) expect(read(slices(bytes, size)), `in pieces of ${size}`).toEqual(whole)
  return whole
}

/** How many bytes must arrive, one by one, before the reader reports a failure; -1 when it never does. */
export function failsAfter(bytes: Uint8Array, read: (chunks: Buffer[]) => readonly string[]): number {
  for (let length = 1; length <= bytes.length; length++) {
    if (read(slices(bytes.subarray(0, length), 1)).at(-1)?.startsWith('fail')) return length
  }
  return -1
}
