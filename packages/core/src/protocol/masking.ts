// The masking transform of RFC 6455 §5.3, which is its own inverse. Knows bytes only. In the same pass it learns whether
// all result bytes are ASCII, because that decides how text is decoded.
import { MASKING_KERNEL } from './masking-kernel.js'

/** Below this length a byte loop beats the set-up of a word view (measured; see benchmarks). */
const WORDWISE_FROM = 100

/** Below this length the call into WebAssembly does not pay. */
const KERNEL_FROM = 32
const KERNEL_MEMORY = MASKING_KERNEL?.memory.buffer

const IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** The masking key as one 32-bit number, its first byte lowest. */
export function readMaskingKey(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

/** The key for payload bytes that begin `offset` bytes into the frame's payload (`i mod 4`, RFC 6455 §5.3). */
export function rotateMaskingKey(key: number, offset: number): number {
  const shift = (offset & 3) << 3
  return shift === 0 ? key : (key >>> shift) | (key << (32 - shift))
}

/**
 * Masks or unmasks `bytes[start, end)` in place.
 * @returns the bitwise OR of all result bytes, at least in bit 7: below 0x80 means that all are ASCII.
 */
// oxlint-disable-next-line max-params -- the innermost loop of the library: an options object would cost more than the work
export function applyMask(bytes: Uint8Array, start: number, end: number, key: number): number {
  if (end - start >= KERNEL_FROM && bytes.buffer === KERNEL_MEMORY) return maskInKernel(bytes, start, end, key)
  return end - start < WORDWISE_FROM ? maskBytes(bytes, start, end, key) : maskWords(bytes, start, end, key)
}

/** Whether the bytes of this buffer can be unmasked aside. */
export function canUnmaskAside(bytes: Uint8Array): boolean {
  return bytes.buffer === KERNEL_MEMORY
}

/**
 * Unmasks up to 64 KiB into memory beside it, which the next call overwrites.
 * @returns words whose first bytes are the payload's; what follows them means nothing
 */
// oxlint-disable-next-line max-params -- see applyMask
export function unmaskAside(bytes: Uint8Array, start: number, end: number, key: number): Int32Array {
  const { aside, apply } = MASKING_KERNEL!
  apply(bytes.byteOffset + start, (end - start + 15) & ~15, key, aside.byteOffset)
  return aside
}

// oxlint-disable-next-line max-params -- see applyMask
function maskInKernel(bytes: Uint8Array, start: number, end: number, key: number): number {
  const size = (end - start) & ~15
  const at = bytes.byteOffset + start
  const seen = MASKING_KERNEL!.apply(at, size, key, at) === 0 ? 0 : 0x80
  return seen | maskBytes(bytes, start + size, end, key)
}

// oxlint-disable-next-line max-params -- see applyMask
function maskBytes(bytes: Uint8Array, start: number, end: number, key: number): number {
  const k0 = key & 0xff
  const k1 = (key >>> 8) & 0xff
  const k2 = (key >>> 16) & 0xff
  const k3 = key >>> 24
  let seen = 0
  let i = start
  for (const whole = end - 3; i < whole; i += 4) {
    seen |= (bytes[i] = bytes[i]! ^ k0) | (bytes[i + 1] = bytes[i + 1]! ^ k1)
    seen |= (bytes[i + 2] = bytes[i + 2]! ^ k2) | (bytes[i + 3] = bytes[i + 3]! ^ k3)
  }
  if (i < end) seen |= bytes[i] = bytes[i]! ^ k0
  if (i + 1 < end) seen |= bytes[i + 1] = bytes[i + 1]! ^ k1
  if (i + 2 < end) seen |= bytes[i + 2] = bytes[i + 2]! ^ k2
  return seen
}

// oxlint-disable-next-line max-params -- see applyMask
function maskWords(bytes: Uint8Array, start: number, end: number, key: number): number {
  const lead = -(bytes.byteOffset + start) & 3
  const wordsStart = start + lead
  const count = (end - wordsStart) >> 2
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + wordsStart, count)
  let seen = maskBytes(bytes, start, wordsStart, key)
  const aligned = rotateMaskingKey(key, lead)
  const seenWords = maskAligned(words, IS_LITTLE_ENDIAN ? aligned : swapBytes(aligned))
  seen |= (seenWords | (seenWords >>> 8) | (seenWords >>> 16) | (seenWords >>> 24)) & 0xff
  return seen | maskBytes(bytes, wordsStart + (count << 2), end, aligned)
}

function maskAligned(words: Int32Array, key: number): number {
  const count = words.length
  let seen = 0
  let i = 0
  for (const whole = count - 3; i < whole; i += 4) {
    const a = (words[i] = words[i]! ^ key)
    const b = (words[i + 1] = words[i + 1]! ^ key)
    const c = (words[i + 2] = words[i + 2]! ^ key)
    const d = (words[i + 3] = words[i + 3]! ^ key)
    seen |= a | b | c | d
  }
  for (; i < count; i++) seen |= words[i] = words[i]! ^ key
  return seen
}

function swapBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}
