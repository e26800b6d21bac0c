// A token bucket: fills at a rate up to its capacity, and may be overdrawn by what has come already. PURE: knows numbers only.

export class TokenBucket {
  readonly #perMs: number
  readonly #capacity: number
  #tokens: number
  #filledAt: number

  /** Full at `now`, in ms, as all times here. */
  constructor(perSecond: number, capacity: number, now: number) {
    this.#perMs = perSecond / 1_000
    this.#capacity = this.#tokens = capacity
    this.#filledAt = now
  }

  /** @returns what is left, below 0 where it is overdrawn */
  spend(cost: number, now: number): number {
    this.#fill(now)
    return (this.#tokens -= cost)
  }

  /** How long until it holds `needed`, in ms; 0 when it does. */
  waitFor(needed: number, now: number): number {
    this.#fill(now)
    return Math.max(0, (needed - this.#tokens) / this.#perMs)
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) * this.#perMs)
    this.#filledAt = now
  }
}
