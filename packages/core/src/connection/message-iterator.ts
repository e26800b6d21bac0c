// `for await (const message of connection)`: messages by pull. Knows a queue and its one reader.
import type { Buffer } from 'node:buffer'

type Message = string | Buffer
type Result = IteratorResult<Message, undefined>

export class MessageIterator implements AsyncIterableIterator<Message> {
  /** False between two loops: a `break` leaves what has not been read for the next one. */
  isActive = false
  /** Bytes (of text: UTF-16 units) that wait. */
  bytes = 0

  readonly #onRoom: () => void
  #waiting: Message[] = []
  #readers: ((result: Result) => void)[] = []
  #hasEnded = false

  constructor(onRoom: () => void) {
    this.#onRoom = onRoom
  }

  get size(): number {
    return this.#waiting.length
  }

  activate(): void {
    this.isActive = true
  }

  push(message: Message): void {
    const reader = this.#readers.shift()
    if (reader !== undefined) return reader({ done: false, value: message })
    this.#waiting.push(message)
    this.bytes += message.length
  }

  /** No more will come; what waits is still handed out. */
  end(): void {
    this.#hasEnded = true
    this.#dismissReaders()
  }

  #dismissReaders(): void {
    for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined })
  }

  next(): Promise<Result> {
    const message = this.#waiting.shift()
    if (message !== undefined) {
      this.bytes -= message.length
      this.#onRoom()
      return Promise.resolve({ done: false, value: message })
    }
    if (this.#hasEnded || !this.isActive) return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve) => this.#readers.push(resolve))
  }

  /** The loop is over. A reader that still waits must not take a message away from the next loop. */
  return(): Promise<Result> {
    this.isActive = false
    this.#dismissReaders()
    return Promise.resolve({ done: true, value: undefined })
  }

  [Symbol.asyncIterator](): this {
    return this
  }
}
