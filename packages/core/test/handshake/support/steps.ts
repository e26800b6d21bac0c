// Linear time without a clock: adversarial input, and a count of the characters that a call looks at.
import { HandshakeError } from '../../../src/protocol/errors.js'

/**
 * How many characters `call` looks at, sum of all charCodeAt, slice and indexOf on strings. A measure of work that no busy
 * machine can change.
 */
export function countSteps(call: () => unknown): number {
  const { charCodeAt, slice, indexOf } = String.prototype
  let steps = 0
  const patched = {
    charCodeAt(this: string, index: number) {
      steps++
      return charCodeAt.call(this, index)
    },
    slice(this: string, start?: number, end?: number) {
      const part = slice.call(this, start, end)
      steps += part.length
      return part
    },
    indexOf(this: string, search: string, from = 0) {
      const found = indexOf.call(this, search, from)
      steps += (found === -1 ? this.length : found) - from + 1
      return found
    },
  }
  Object.assign(String.prototype, patched)
  try {
    call()
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error
  } finally {
    Object.assign(String.prototype, { charCodeAt, slice, indexOf })
  }
  return steps
}

/** 64 KiB of what a tokenizer may trip over. */
export const ADVERSARIAL: readonly (readonly [name: string, unit: string])[] = [
  ['commas', ','],
  ['spaces', ' '],
  ['tabs and commas', '\t ,'],
  ['one long token', 'a'],
  ['tokens', 'a,'],
  ['spaced tokens', 'a , '],
  ['tokens without commas', 'a '],
  ['semicolons', 'a;'],
  ['parameters', ';a=b'],
  ['offers with parameters', 'a;b=c;b="d", '],
  ['quotes', '"'],
  ['an unclosed quote', 'a;b="'],
  ['backslashes', '\\'],
  ['escapes', 'a;b="\\"'],
  ['many closed quotes', 'a;b="\\c",'],
  ['equals signs', 'a='],
  ['NUL', '\0'],
  ['obs-text', '\xff'],
]

export function adversarialInput(unit: string, size = 65_536): string {
  return unit.repeat(Math.ceil(size / unit.length)).slice(0, size)
}
