// The client's messages -> DEFLATE, by node:zlib and by what was agreed (RFC 7692 §7.2.1). Knows no frames.
import { Buffer } from 'node:buffer'
import { constants, deflateRawSync } from 'node:zlib'
import type { Agreement } from './extensions.js'
import { type Bytes, toBytes } from './frame.js'

const TAIL_LENGTH = 4
/** Beyond that many bytes it is not worth the time to look for better matches. */
const LARGE = 32_768
const NOTHING = Buffer.alloc(0)

export class MessageDeflater {
  readonly #windowBits: number
  readonly #keepsContext: boolean
  #history: Buffer = NOTHING

  constructor({ clientMaxWindowBits, clientNoContextTakeover }: Agreement) {
    // zlib has no raw stream with a window of 256 bytes; with one of 512 it never reaches farther back than 250
    this.#windowBits = Math.max(9, clientMaxWindowBits)
    this.#keepsContext = !clientNoContextTakeover
  }

  /** With context takeover, what came before is the dictionary: the same matches as in one stream. */
  deflate(message: Bytes): Buffer {
    const data = toBytes(message)
    const level = data.length > LARGE ? 1 : 6
    const dictionary = this.#history.length > 0 ? { dictionary: this.#history } : {}
    const deflated = deflateRawSync(data, { level, windowBits: this.#windowBits, finishFlush: constants.Z_SYNC_FLUSH, ...dictionary })
    if (this.#keepsContext) this.#history = Buffer.concat([this.#history, data]).subarray(-(1 << this.#windowBits))
    return deflated.subarray(0, -TAIL_LENGTH)
  }
}
