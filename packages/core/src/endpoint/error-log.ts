// Errors that nobody listens for: printed to stderr with their stacks, at most a few a second. Knows no connection.
import type { Clock } from '../connection/clock.js'
import { describeError } from '../dispatcher/describe-error.js'

const PER_WINDOW = 10
const WINDOW_MS = 1_000

export class ErrorLog {
  readonly #clock: Clock
  readonly #print: (text: string, error?: unknown) => void
  #windowStart = -Infinity
  #printed = 0
  #suppressed = 0

  constructor(clock: Clock, print: (text: string, error?: unknown) => void = (text, error) => process.stderr.write(`${text}${error === undefined ? '' : ` ${describeError(error)}`}\n`)) {
    this.#clock = clock
    this.#print = print
  }

  report(where: string, error: unknown): void {
    const now = this.#clock.now()
    if (now - this.#windowStart >= WINDOW_MS) this.#startWindow(now)
    if (this.#printed++ < PER_WINDOW) this.#print(where, error)
    else this.#suppressed++
  }

  #startWindow(now: number): void {
    if (this.#suppressed > 0) this.#print(`Tocsin: ${this.#suppressed} more errors were not printed`)
    this.#windowStart = now
    this.#printed = this.#suppressed = 0
  }
}
