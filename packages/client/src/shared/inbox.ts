// Messages on their way to the application: to its handlers, or to the one loop that has claimed them. Knows no connection.
import type { Message } from './link.js'

export interface InboxOwner {
  /** Whether there is a handler. */
  readonly hasListeners: boolean
  deliver(message: Message): void
  /** Whether more may come. */
  setFlow(isFlowing: boolean): void
}

type Result = IteratorResult<Message, undefined>

/** What may wait before reading stops: messages, and bytes (of text: UTF-16 units). */
const MAX_WAITING = 16
const MAX_WAITING_BYTES = 64 * 1024
const DONE: Result = { done: true, value: undefined }

export class Inbox {
  isClaimed = false
  readonly #owner: InboxOwner
  readonly #waiting: Message[] = []
  #bytes = 0
  #readers: ((result: Result) => void)[] = []
  #isPaused = false
  #isFlowing = true
  #isFlushing = false
  /** Nobody waits for much more. */
  #isClosing = false
  #hasEnded = false

  constructor(owner: InboxOwner) {
    this.#owner = owner
  }

  push(message: Message): void {
    // What comes before anybody listens waits for them, up to a point: a client that only sends is not held up by it.
    if (this.#isFull && (this.#isClosing || !(this.isClaimed || this.#isPaused))) return
    this.#waiting.push(message)
    this.#bytes += message.length
    this.flush()
  }

  /** Hands out what waits, as far as somebody is there. */
  flush(): void {
    // A handler that resumes, say, gets no message inside the one that it handles.
    if (this.#isFlushing) return
    this.#isFlushing = true
    while (this.#waiting.length > 0 && (this.#readers.length > 0 || this.#isDirect)) {
      const value = this.#waiting.shift()!
      this.#bytes -= value.length
      const reader = this.#readers.shift()
      if (reader === undefined) this.#owner.deliver(value)
      else reader({ done: false, value })
    }
    if (this.#hasEnded || !this.isClaimed) for (const reader of this.#readers.splice(0)) reader(DONE)
    this.#isFlushing = false
    const isFlowing = this.#isClosing || !(this.#isPaused || (this.isClaimed && this.#isFull))
    if (isFlowing === this.#isFlowing) return
    this.#isFlowing = isFlowing
    this.#owner.setFlow(isFlowing)
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.flush()
  }

  /** A new connection begins. */
  begin(): void {
    this.#hasEnded = this.#isClosing = false
    this.#isFlowing = true
    this.flush()
  }

  /** The closing handshake needs the peer's answer: reading goes on, and what does not fit any more is discarded. */
  beginClosing(): void {
    this.#isClosing = true
    this.flush()
  }

  /** No more will come; what waits is still handed out. */
  end(): void {
    this.#hasEnded = true
    this.flush()
  }

  /** All messages go to the iterator until it is left. */
  claim(): AsyncIterableIterator<Message, undefined> {
    this.isClaimed = true
    const iterator: AsyncIterableIterator<Message, undefined> = {
      next: async () => {
        const result = await new Promise<Result>((resolve) => {
          this.#readers.push(resolve)
          this.flush()
        })
        if (result.done === true) this.isClaimed = false
        return result
      },
      return: async () => {
        this.isClaimed = false
        this.flush()
        return DONE
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  get #isDirect(): boolean {
    return !this.isClaimed && !this.#isPaused && this.#owner.hasListeners
  }

  get #isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING || this.#bytes >= MAX_WAITING_BYTES
  }
}
