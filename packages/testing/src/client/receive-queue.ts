// What has come and nobody has taken yet, or who waits for what has not come. Knows time and order, not what the items are.
import { ConnectionEndedError, TimeoutError } from './errors.js'

interface Taker<Item> {
  readonly wants: (item: Item) => boolean
  readonly take: (item: Item) => void
  readonly fail: () => void
}

/** What a wait says about itself when it fails. */
export interface Wait<Item> {
  /** Milliseconds; Infinity waits for ever. */
  readonly timeout: number
  /** Such as 'message'. */
  readonly awaited: string
  /** What happened instead, for people. */
  readonly describe: () => string
  /** Items that are passed over stay in the queue. @default the first one is wanted */
  readonly wants?: (item: Item) => boolean
}

export class ReceiveQueue<Item> {
  /** In the order in which they came. */
  readonly waiting: Item[] = []
  readonly #takers: Taker<Item>[] = []
  #hasEnded = false
  #cause: unknown

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  push(item: Item): void {
    const index = this.#takers.findIndex(({ wants }) => wants(item))
    if (index < 0) this.waiting.push(item)
    else this.#takers.splice(index, 1)[0]!.take(item)
  }

  /** Nothing more will come: whoever waits hears of it, at once or when what is waiting has been taken. */
  end(cause: unknown): void {
    this.#hasEnded = true
    this.#cause = cause
    for (const taker of this.#takers.splice(0)) taker.fail()
  }

  /** @throws TimeoutError, ConnectionEndedError */
  next({ timeout, awaited, describe, wants = () => true }: Wait<Item>): Promise<Item> {
    const index = this.waiting.findIndex(wants)
    if (index >= 0) return Promise.resolve(this.waiting.splice(index, 1)[0]!)
    if (this.#hasEnded) return Promise.reject(new ConnectionEndedError(awaited, describe(), this.#cause))
    return new Promise((resolve, reject) => {
      const timer = Number.isFinite(timeout) ? setTimeout(() => {
        this.#takers.splice(this.#takers.indexOf(taker), 1)
        reject(new TimeoutError(awaited, timeout, describe()))
      }, timeout) : undefined
      const taker: Taker<Item> = {
        wants,
        take: (item) => { clearTimeout(timer); resolve(item) },
        fail: () => { clearTimeout(timer); reject(new ConnectionEndedError(awaited, describe(), this.#cause)) },
      }
      this.#takers.push(taker)
    })
  }
}
