// Messages on their way to the application: to its handlers, or to the one loop that has claimed them. Knows no connection.
import type { Life } from './life.js'
import type { Message, Platform } from './link.js'

export interface InboxOwner {
  /** With 2 the closing handshake needs the peer's answer, so reading goes on; with 3 no more will come. */
  readonly life: Life
  readonly platform: Pick<Platform<never>, 'misuse'>
  /** The handlers. */
  of(event: 'message'): readonly unknown[]
  emit(event: 'message', message: Message): void
  until<T>(answer: () => T | false): Promise<T>
  update(): void
}

type Result = IteratorResult<Message, undefined>

/** So much may wait before reading stops; of text: UTF-16 units. Each message counts as at least a sixteenth. */
const MAX_WAITING = 64 * 1024
const OVERHEAD = MAX_WAITING / 16
const DONE: Result = { done: true, value: undefined }

export class Inbox {
  readonly #owner: InboxOwner
  readonly #waiting: Message[] = []
  #size = 0
  /** Stands for the loop that has claimed the messages. */
  #claim: object | undefined
  #isPaused = false
  #isFlushing = false

  constructor(owner: InboxOwner) {
    this.#owner = owner
  }

  push(message: Message): void {
    // What comes before anybody listens waits for them, up to a point: a client that only sends is not held up by it.
    if (this.#isFull && (this.#owner.life.readyState > 1 || !(this.#claim || this.#isPaused))) return
    this.#waiting.push(message)
    this.#size += OVERHEAD + message.length
    if (this.#claim) this.#owner.update()
    else this.flush()
  }

  /** Hands out what waits, as far as somebody is there. */
  flush(): void {
    // A handler that resumes, say, gets no message inside the one that it handles.
    if (this.#isFlushing) return
    this.#isFlushing = true
    while (this.#waiting[0] !== undefined && !this.#claim && !this.#isPaused && this.#owner.of('message')[0]) {
      this.#owner.emit('message', this.#take())
    }
    this.#isFlushing = false
    const { readyState, link } = this.#owner.life
    link?.setFlow?.(readyState > 1 || !(this.#isPaused || (this.#claim && this.#isFull)))
  }

  setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused
    this.flush()
  }

  /** All messages go to the iterator until it is left. @throws UsageError when another one has them */
  claim(): AsyncIterableIterator<Message, undefined> {
    if (this.#claim) throw this.#owner.platform.misuse('WS_ERR_CLAIMED')
    const claim = (this.#claim = {})
    return {
      next: () => this.#owner.until<Result>(() => {
        if (this.#claim !== claim) return DONE
        if (this.#waiting[0] !== undefined) return { done: false, value: this.#take() }
        if (this.#owner.life.readyState < 3) return false
        this.#claim = undefined
        return DONE
      }),
      return: async () => {
        if (this.#claim === claim) this.#claim = undefined
        this.#owner.update()
        return DONE
      },
      [Symbol.asyncIterator]() { return this },
    }
  }

  #take(): Message {
    const message = this.#waiting.shift()!
    this.#size -= OVERHEAD + message.length
    return message
  }

  get #isFull(): boolean {
    return this.#size >= MAX_WAITING
  }
}
