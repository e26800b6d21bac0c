// Masking keys: four random bytes for each frame, unpredictable (RFC 6455 §5.3), drawn from the system in batches.
import { Buffer } from 'node:buffer'
import { randomFillSync } from 'node:crypto'

const KEY_SIZE = 4
const BATCH = 1024

export class MaskingKeys {
  readonly #pool = Buffer.allocUnsafeSlow(BATCH * KEY_SIZE)
  #used = BATCH * KEY_SIZE

  /** As `readMaskingKey()` has it. Each key is given out once. */
  next(): number {
    if (this.#used === this.#pool.length) {
      randomFillSync(this.#pool)
      this.#used = 0
    }
    const key = this.#pool.readInt32LE(this.#used)
    this.#used += KEY_SIZE
    return key
  }
}
