// A deadline of the dispatcher on the process's timing wheel: what falls due runs one function.
// It must not know what an upgrade is.
import { Timed } from '../connection/timing-wheel.js'

/** What the dispatcher needs of a `Runtime`. */
export interface Scheduler {
  readonly wheel: {
    schedule(timed: Timed, delayMs: number): void
    cancel(timed: Timed): void
  }
}

export class Deadline extends Timed {
  readonly #scheduler: Scheduler
  readonly #action: () => void

  constructor(scheduler: Scheduler, action: () => void) {
    super()
    this.#scheduler = scheduler
    this.#action = action
  }

  /** Starts it, or starts it again from now on. */
  start(delayMs: number): void {
    this.cancel()
    this.#scheduler.wheel.schedule(this, delayMs)
  }

  cancel(): void {
    this.#scheduler.wheel.cancel(this)
  }

  override onDue(): void {
    this.#action()
  }
}

/** Resolves after so many ms. */
export function elapsed(scheduler: Scheduler, delayMs: number): Promise<void> {
  return new Promise((resolve) => new Deadline(scheduler, resolve).start(delayMs))
}
