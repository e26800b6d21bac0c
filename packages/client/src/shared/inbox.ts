// Messages on their way to the application: to its handlers, or to the one loop that has claimed them. Knows no connection.
import type { Life } from './life.js'
import type { Message } from './link.js'
import type { Platform } from './platform.js'

export interface InboxOwner extends Life {
  readonly platform: Pick<Platform<never>, 'misuse'>
  /** The handlers. */
  of(event: 'message'): readonly unknown[]
  emit(event: 'message', message: Message): void
  until<T>(answer: () => T | false): Promise<T>
  update(): void
}

export interface Inbox {
  push(message: Message): void
  /** Hands out what waits, as far as somebody is there. */
  deliver(): void
  pause(isPaused: boolean): void
  /** All messages go to the iterator until it is left. @throws UsageError when another one has them */
  claim(): AsyncIterableIterator<Message, undefined>
}

type Result = IteratorResult<Message, undefined>

/** So much may wait before reading stops; of text: UTF-16 units. Each message counts as at least a sixteenth. */
const MAX_WAITING = 64 * 1024
const OVERHEAD = MAX_WAITING / 16
const DONE = { done: true } as IteratorReturnResult<undefined>

export function createInbox(owner: InboxOwner): Inbox {
  const waiting: Message[] = []
  let size = 0
  /** The loop that has claimed the messages. */
  let claimant: object | undefined
  let isPaused = false
  let isDelivering = false
  /** What comes is kept, and reading stops; not in a closing handshake, which needs the peer's answer. */
  const isStopped = (): boolean => owner.readyState < 2 && (isPaused || (!!claimant && size >= MAX_WAITING))
  const take = (): Message => {
    const message = waiting.shift()!
    size -= OVERHEAD + message.length
    return message
  }
  const deliver = (): void => {
    // A handler that resumes, say, gets no message inside the one that it handles.
    if (isDelivering) return
    isDelivering = true
    while (waiting.length && owner.of('message').length && !claimant && !isPaused) owner.emit('message', take())
    isDelivering = false
    owner.link?.pause?.(isStopped())
  }
  return {
    deliver,
    push(message) {
      // What comes before anybody listens waits for them, up to a point: a client that only sends is not held up by it.
      if (size >= MAX_WAITING && !isStopped()) return
      waiting.push(message)
      size += OVERHEAD + message.length
      if (claimant) owner.update()
      else deliver()
    },
    pause(value) {
      isPaused = value
      deliver()
    },
    claim() {
      if (claimant) throw owner.platform.misuse('WS_ERR_CLAIMED')
      const self: AsyncIterableIterator<Message, undefined> = {
        next: () => owner.until<Result>(() => {
          if (claimant === self) {
            if (waiting.length) return { done: false, value: take() }
            if (owner.readyState < 3) return false
            claimant = undefined
          }
          return DONE
        }),
        async return() {
          if (claimant === self) claimant = undefined
          owner.update()
          return DONE
        },
        [Symbol.asyncIterator]() { return self },
      }
      claimant = self
      return self
    },
  }
}
