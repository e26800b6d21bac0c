// Memory that many share under one limit: taken and given back in bytes. Knows numbers only.
import { UsageError } from '../protocol/errors.js'

export class MemoryBudget {
  readonly limit: number
  #used = 0

  /**
   * @param limit in bytes; Infinity: no limit, and what is used is counted all the same
   * @throws UsageError `WS_ERR_INVALID_OPTION`
   */
  constructor(limit: number) {
    if (typeof limit !== 'number' || !(limit > 0)) {
      throw new UsageError('WS_ERR_INVALID_OPTION', 'a memory budget must be a number of bytes above 0')
    }
    this.limit = limit
  }

  /** Bytes that are taken. */
  get used(): number {
    return this.#used
  }

  /** @returns false, and nothing is taken, where that would be too much */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.limit) return false
    this.#used += bytes
    return true
  }

  giveBack(bytes: number): void {
    this.#used -= bytes
  }
}
