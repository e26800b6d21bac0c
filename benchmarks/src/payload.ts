// What messages are made of: the same bytes on both sides, every time. Knows no frame.
import { Buffer } from 'node:buffer'

/** `json` is text that compresses as an application's does; the others do not care. */
export type PayloadKind = 'binary' | 'ascii' | 'other' | 'json'

const ASCII = 'The quick brown fox jumps over the lazy dog, 0123456789 times. '
/** Two, three and four bytes a character, some of one between them. */
const OTHER = 'Zwölf Boxkämpfer jagen Viktor, да здравствует чай, 色は匂へど散りぬるを 🦊🐕 '

/**
 * `size` bytes, exactly; text of every kind is valid UTF-8.
 * @param variant other messages of the same kind; of `json` only
 */
export function payloadOf(kind: PayloadKind, size: number, variant = 0): Buffer {
  if (kind === 'binary') return noise(size)
  if (kind === 'ascii') return Buffer.from(repeated(ASCII, size))
  if (kind === 'json') return Buffer.from(records(size, variant))
  return otherText(size)
}

export function isText(kind: PayloadKind): boolean {
  return kind !== 'binary'
}

function repeated(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length)).slice(0, length)
}

/** Whole characters as long as they fit, then spaces. */
function otherText(size: number): Buffer {
  const bytes = Buffer.alloc(size, ' ')
  bytes.write(repeated(OTHER, size))
  // Buffer.write never writes part of a character, but fills up with nothing: what it left is a space already
  return bytes
}

function noise(size: number): Buffer {
  const bytes = Buffer.alloc(size)
  const next = sequence(1)
  for (let at = 0; at < size; at++) bytes[at] = next() & 0xff
  return bytes
}

/** Chat messages in JSON, one after the other, cut where the size is reached. */
function records(size: number, variant: number): string {
  const next = sequence(2 + variant)
  const words = ASCII.split(' ')
  let text = ''
  for (let id = 1 + variant * 100; text.length < size; id++) {
    const said = Array.from({ length: 4 + (next() % 8) }, () => words[next() % words.length]).join(' ')
    text += JSON.stringify({ id, from: `user-${next() % 1000}`, at: 1_700_000_000_000 + next(), room: 'lobby', text: said })
  }
  return text.slice(0, size)
}

/** Numbers below 2^24 that look random and are the same in every run. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}
