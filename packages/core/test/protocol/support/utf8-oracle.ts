// What UTF-8 is, by brute force: bytes are still fine when some continuation makes them valid in the eyes of node:buffer.
// Knows nothing of the validator under test.
import { isUtf8 } from 'node:buffer'

/** Every range that RFC 3629 §4 allows for a second byte holds one of the first three; 0x80 goes everywhere else. */
const SECOND = ['80', '90', 'a0']
const CONTINUATIONS = ['', ...SECOND.flatMap(byte => [byte, `${byte}80`, `${byte}8080`])].map(text => Buffer.from(text, 'hex'))

export function canBeContinued(bytes: Uint8Array): boolean {
  return CONTINUATIONS.some(continuation => isUtf8(Buffer.concat([bytes, continuation])))
}

/** The index of the first byte that no continuation can mend; -1 when there is none. */
export function firstBadByte(bytes: Uint8Array): number {
  for (let length = 1; length <= bytes.length; length++) if (!canBeContinued(bytes.subarray(0, length))) return length - 1
  return -1
}
