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
  /** A handler is in flight, or `open` has not settled. */
  #isBusy = false
  /** A handler failed: messages that still wait are not delivered. */
  #isMuted = false
  #hasDelivered = false
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
    return this.#count >= maxQueuedMessages || this.#bytes >= maxMessageSize
  }

  get #count(): number {
    return this.#waiting.length + (this.#iterator?.size ?? 0)
  }

  get #bytes(): number {
    return this.#waitingBytes + (this.#iterator?.bytes ?? 0)
  }

  /** Runs the `open` handlers; what arrives meanwhile waits. */
  open(dispatch: () => void | Promise<void>): void {
    this.#run(dispatch)
  }

  pushMessage(message: Message, kind: MessageKind): void {
    if (this.#isMuted) return
    if (this.#iterator !== undefined) this.#iterator.push(message)
    else if (this.#isBusy) this.#wait({ event: 'message', value: message, kind })
    else this.#deliverMessage(message, kind)
  }

  pushEvent<Event extends ConnectionEvent>(event: Event, value: ConnectionEventMap[Event]): void {
    if (!this.#owner.host.hasHandler(event)) return
    // An iterator inside `open` keeps `open` running: what is not a message must not wait for it.
    if (this.#isBusy && this.#iterator === undefined) this.#wait({ event, value, kind: 'binary' })
    else this.#run(() => this.#owner.host.dispatchEvent(this.#owner.connection, event, value))
  }

  /** The last event. Its handlers run when all others have settled. */
  pushClose(event: CloseEvent): void {
    this.#iterator?.end()
    if (this.#isBusy) this.#wait({ event: 'close', value: event, kind: 'binary' })
    else this.#deliverClose(event)
  }

  /** Switches the connection to pull: from now on messages go only to this iterator. */
  claim(): AsyncIterableIterator<Message> {
    if (this.#hasDelivered) throw new UsageError('WS_ERR_ALREADY_READ', 'a message handler has already received messages of this connection')
    if (this.#iterator?.isActive === true) throw new UsageError('WS_ERR_ALREADY_READ', 'this connection already has an iterator')
    const iterator = (this.#iterator ??= new MessageIterator(() => this.#madeRoom()))
    iterator.activate()
    this.#handWaitingTo(iterator)
    return iterator
  }

  #handWaitingTo(iterator: MessageIterator): void {
    const others = this.#waiting.filter((waiting) => waiting.event !== 'message')
    for (const waiting of this.#waiting) if (waiting.event === 'message') iterator.push(waiting.value as Message)
    this.#waiting = others
    this.#waitingBytes = 0
  }

  #wait(waiting: Waiting): void {
    this.#waiting.push(waiting)
    if (waiting.event === 'message') this.#waitingBytes += (waiting.value as Message).length
  }

  #deliverMessage(message: Message, kind: MessageKind): void {
    this.#hasDelivered = true
    let result: void | Promise<void>
    try {
      result = this.#owner.host.dispatchMessage(this.#owner.connection, message, kind)
    } catch (error) {
      return this.#onFailed(error)
    }
    if (result !== undefined) this.#waitFor(result)
  }

  #deliverClose(event: CloseEvent): void {
    const { host, connection } = this.#owner
    this.#run(() => host.dispatchEvent(connection, 'close', event))
    if (this.#isBusy) this.#wait({ event: 'close', value: event, kind: 'text' })
    else host.onSettled(connection)
  }

  #run(dispatch: () => void | Promise<void>): void {
    try {
      const result = dispatch()
      if (result !== undefined) this.#waitFor(result)
    } catch (error) {
      this.#onFailed(error)
    }
  }

  #waitFor(result: Promise<void>): void {
    this.#isBusy = true
    this.#settled ??= () => this.#onSettled()
    this.#failed ??= (error) => {
      this.#onFailed(error)
      this.#onSettled()
    }
    result.then(this.#settled, this.#failed)
  }

  #onSettled(): void {
    this.#isBusy = false
    while (!this.#isBusy && this.#waiting.length > 0) this.#deliverWaiting(this.#waiting.shift()!)
    this.#madeRoom()
  }

  #deliverWaiting(waiting: Waiting): void {
    if (waiting.event === 'message') {
      this.#waitingBytes -= (waiting.value as Message).length
      if (!this.#isMuted) this.#deliverMessage(waiting.value as Message, waiting.kind)
    } else if (waiting.event === 'close') {
      // 'text' marks the second time around: the close handlers themselves have settled.
      if (waiting.kind === 'text') this.#owner.host.onSettled(this.#owner.connection)
      else this.#deliverClose(waiting.value as CloseEvent)
    } else {
      this.#run(() => this.#owner.host.dispatchEvent(this.#owner.connection, waiting.event as ConnectionEvent, waiting.value as never))
    }
  }

  /** Reading goes on when half of the room is free, so that it does not stop and go with every message. */
  #madeRoom(): void {
    const { maxQueuedMessages, maxMessageSize } = this.#owner.host.settings
    if (this.#count <= maxQueuedMessages >> 1 && this.#bytes < maxMessageSize) this.#owner.onInboxRoom()
  }

  #onFailed(error: unknown): void {
    this.#isMuted = true
    this.#owner.onHandlerFailed(error)
  }
}
