// What is to be written at the end of this turn of the event loop: one setImmediate for all sockets (PERFORMANCE rule 2).

/** Something with bytes to write. */
export interface Flushable {
  isQueued: boolean
  flush(): void
}

export class FlushQueue {
  #waiting: Flushable[] = []
  readonly #onImmediate = (): void => this.flush()

  /** Flushes it once in this turn, however often it is added. */
  add(item: Flushable): void {
    if (item.isQueued) return
    item.isQueued = true
    if (this.#waiting.push(item) === 1) setImmediate(this.#onImmediate)
  }

  /** One that throws must not keep the others waiting for good. */
  flush(): void {
    const batch = this.#waiting
    this.#waiting = []
    let failures: unknown[] | undefined
    for (const item of batch) {
      item.isQueued = false
      try {
        item.flush()
      } catch (error) {
        ;(failures ??= []).push(error)
      }
    }
    if (failures !== undefined) throw failures[0]
  }
}
