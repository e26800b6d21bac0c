// What a connection has received and the application has not taken yet: one event at a time, in order, the next when the
// handlers of the last have settled. Knows events, not frames or bytes.
import type { Buffer } from 'node:buffer'
import { UsageError } from '../protocol/errors.js'
import type { MessageKind } from '../protocol/message-assembler.js'
import type { CloseEvent } from './life.js'
import { MessageIterator } from './message-iterator.js'
import type { ConnectionEvent, ConnectionEventMap, ConnectionHost } from './settings.js'

/** The connection's side of its inbox. */
export interface InboxOwner<Connection> {
  readonly connection: Connection
  readonly host: ConnectionHost<Connection>
  /** There is room again after `isFull`. */
  onInboxRoom(): void
  /** A handler of this connection threw or rejected. */
  onHandlerFailed(error: unknown): void
}

type Message = string | Buffer
interface Waiting {
  readonly event: 'message' | ConnectionEvent
  readonly value: Message | ConnectionEventMap[ConnectionEvent]
  readonly kind: MessageKind
}

export class Inbox<Connection> {
  readonly #owner: InboxOwner<Connection>
  /** The handlers of an event run, or have not settled. */
  #isBusy = false
  /** Those of `open` have not settled. */
  #isOpening = false
  /** A handler failed: messages that still wait are not delivered. */
  #isMuted = false
  #hasDelivered = false
  #hasEnded = false
  #isCloseDelivered = false
  #waiting: Waiting[] = []
  #waitingBytes = 0
  #iterator: MessageIterator | undefined
  #settled: (() => void) | undefined
  #failed: ((error: unknown) => void) | undefined

  constructor(owner: InboxOwner<Connection>) {
    this.#owner = owner
  }

  /** Nothing more should be read before the application has caught up. */
  get isFull(): boolean {
    if (this.#waiting.length === 0 && this.#iterator === undefined) return false
    const { maxQueuedMessages, maxMessageSize } = this.#owner.host.settings
    return this.#count >= maxQueuedMessages || (this.#bytes > 0 && this.#bytes >= maxMessageSize)
  }

  get #count(): number {
    return this.#waiting.length + (this.#iterator?.size ?? 0)
  }

  get #bytes(): number {
    return this.#waitingBytes + (this.#iterator?.bytes ?? 0)
  }

  /** Runs the `open` handlers; what arrives meanwhile waits. */
  open(dispatch: () => void | Promise<void>): void {
    this.#isOpening = true
    let result: void | Promise<void> = undefined
    try {
      result = dispatch()
    } catch (error) {
      this.#onFailed(error)
    }
    if (result === undefined) this.#isOpening = false
    else result.then(() => this.#onOpened(), (error: unknown) => this.#onOpenFailed(error))
  }

  #onOpenFailed(error: unknown): void {
    this.#onFailed(error)
    this.#onOpened()
  }

  #onOpened(): void {
    this.#isOpening = false
    if (!this.#isBusy) this.#proceed()
  }

  pushMessage(message: Message, kind: MessageKind): void {
    if (this.#iterator !== undefined) {
      if (!this.#isMuted) this.#iterator.push(message)
    } else if (this.#isBusy || this.#isOpening || this.#waiting.length > 0) {
      this.#waitingBytes += message.length
      this.#waiting.push({ event: 'message', value: message, kind })
    } else {
      const result = this.#deliverMessage(message, kind)
      if (result !== undefined) this.#waitFor(result)
    }
  }

  pushEvent<Event extends ConnectionEvent>(event: Event, value: ConnectionEventMap[Event]): void {
    if (!this.#owner.host.hasHandler(event)) return
    this.#waiting.push({ event, value, kind: 'binary' })
    if (!this.#isBusy) this.#proceed()
  }

  /** The last event. Its handlers run when all others have settled. */
  pushClose(event: CloseEvent): void {
    this.#hasEnded = true
    this.#iterator?.end()
    this.#waiting.push({ event: 'close', value: event, kind: 'binary' })
    if (!this.#isBusy) this.#proceed()
  }

  /** Switches the connection to pull: from now on messages go only to this iterator. */
  claim(): AsyncIterableIterator<Message> {
    if (this.#hasDelivered) throw new UsageError('WS_ERR_ALREADY_READ', 'a message handler has already received messages of this connection')
    if (this.#iterator?.isActive === true) throw new UsageError('WS_ERR_ALREADY_READ', 'this connection already has an iterator')
    const iterator = (this.#iterator ??= new MessageIterator(() => this.#madeRoom()))
    iterator.activate()
    this.#handWaitingTo(iterator)
    if (this.#hasEnded) iterator.end()
    return iterator
  }

  #handWaitingTo(iterator: MessageIterator): void {
    const others = this.#waiting.filter((waiting) => waiting.event !== 'message')
    for (const waiting of this.#waiting) if (waiting.event === 'message') iterator.push(waiting.value as Message)
    this.#waiting = others
    this.#waitingBytes = 0
    // The iterator may keep `open` running: what is not a message must not wait for it any longer.
    if (others.length > 0) queueMicrotask(() => { if (!this.#isBusy) this.#proceed() })
  }

  /** Delivers what waits, until a handler is asynchronous. What these handlers cause to be read waits for its turn. */
  #proceed(): void {
    this.#isBusy = true
    let result: void | Promise<void> = undefined
    while (result === undefined && this.#isNextDue) result = this.#deliver(this.#waiting.shift()!)
    if (result !== undefined) this.#waitFor(result)
    else {
      this.#isBusy = false
      if (this.#isCloseDelivered) this.#owner.host.onSettled(this.#owner.connection)
    }
    this.#madeRoom()
  }

  /** `open` holds back everything; once an iterator has taken the messages, only the close event. */
  get #isNextDue(): boolean {
    const next = this.#waiting[0]
    if (next === undefined) return false
    return !this.#isOpening || (this.#iterator !== undefined && next.event !== 'close')
  }

  #deliver({ event, value, kind }: Waiting): void | Promise<void> {
    if (event === 'message') {
      this.#waitingBytes -= (value as Message).length
      return this.#deliverMessage(value as Message, kind)
    }
    if (event === 'close') this.#isCloseDelivered = true
    try {
      return this.#owner.host.dispatchEvent(this.#owner.connection, event, value as never)
    } catch (error) {
      this.#onFailed(error)
    }
  }

  #deliverMessage(message: Message, kind: MessageKind): void | Promise<void> {
    if (this.#isMuted) return
    const { host, connection } = this.#owner
    if (!this.#hasDelivered) this.#hasDelivered = host.hasHandler('message')
    try {
      return host.dispatchMessage(connection, message, kind)
    } catch (error) {
      this.#onFailed(error)
    }
  }

  #waitFor(result: Promise<void>): void {
    this.#isBusy = true
    this.#settled ??= () => this.#proceed()
    this.#failed ??= (error) => {
      this.#onFailed(error)
      this.#proceed()
    }
    result.then(this.#settled, this.#failed)
  }

  /** Reading goes on when half of the room is free, so that it does not stop and go with every message. */
  #madeRoom(): void {
    const { maxQueuedMessages, maxMessageSize } = this.#owner.host.settings
    if (this.#count <= maxQueuedMessages >> 1 && (this.#bytes === 0 || this.#bytes < maxMessageSize)) this.#owner.onInboxRoom()
  }

  #onFailed(error: unknown): void {
    this.#isMuted = true
    this.#owner.onHandlerFailed(error)
  }
}
