// Whether bytes can be the beginning of UTF-8 (RFC 3629), as plainly as it can be said. Knows bytes only.
import { Buffer, isUtf8 } from 'node:buffer'

/** Whatever may still come is at most three continuation bytes; their lowest and highest values reach every character. */
const ENDINGS = ['', '80', '8080', '808080', 'bf', 'bfbf', 'bfbfbf'].map((hex) => Buffer.from(hex, 'hex'))

export function canBecomeUtf8(bytes: Buffer): boolean {
  return ENDINGS.some((ending) => isUtf8(Buffer.concat([bytes, ending])))
}
