// The public face of a client, the same in Node and in browsers. Knows what it may say to whom inside; it holds no state.
import type { ClientEvents, CloseEvent, OpenEvent } from './events.js'
import type { Engine } from './engine.js'
import { NEVER } from './lifecycle.js'
import type { Message, Payload, SendOptions } from './link.js'

export abstract class Client<Target> {
  readonly #engine: Engine<Target>

  constructor(engine: Engine<Target>) {
    this.#engine = engine
  }

  /** Adds a handler; those of one event run in the order in which they were added. What it returns is not awaited. */
  on<E extends keyof ClientEvents>(event: E, handler: (value: ClientEvents[E]) => unknown): this {
    this.#engine.on(event, handler)
    queueMicrotask(this.#engine.deliver)
    return this
  }

  off<E extends keyof ClientEvents>(event: E, handler: (value: ClientEvents[E]) => unknown): this {
    this.#engine.off(event, handler)
    return this
  }

  /** As browsers count: 0 not open (yet, or again), 1 open, 2 closing, 3 closed for good. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#engine.readyState
  }

  /** The one that was agreed on for this connection, or ''. */
  get subprotocol(): string {
    return this.#engine.link?.status.protocol ?? ''
  }

  /** As in the response of this connection, or ''. */
  get extensions(): string {
    return this.#engine.link?.status.extensions ?? ''
  }

  /** Bytes, about, that were accepted for sending and have not left this process. */
  get bufferedAmount(): number {
    return this.#engine.waiting() + (this.#engine.link?.status.bufferedAmount ?? 0)
  }

  /** Resolves when the client is open; rejects when it has given up, with what broke the last attempt. */
  get opened(): Promise<OpenEvent> {
    const engine = this.#engine
    return engine.until(() => {
      if (this.readyState === 1) return engine.opened
      return this.readyState > 2 && Promise.reject(engine.closed!.error ?? engine.platform.failure('WS_ERR_CLOSED'))
    })
  }

  /** Resolves when the client has closed for good; never rejects. */
  get closed(): Promise<CloseEvent> {
    return this.#engine.until(() => this.readyState > 2 && this.#engine.closed)
  }

  /**
   * Sends a message: a string as text, bytes as binary.
   * @returns false, and nothing was sent or kept: the queue is full, the client is closing, or `queueWhileDisconnected` is off
   * @throws UsageError for what cannot be sent
   */
  send(data: Payload, options: SendOptions = {}): boolean {
    return this.#engine.send(data, options)
  }

  /** Resolves when everything that was accepted for sending has left this process, or was given up. */
  drained(): Promise<void> {
    return this.#engine.until(() => (!this.bufferedAmount as true)) as Promise<never>
  }

  /** Messages wait; in Node reading stops as well. */
  pause(): void {
    this.#engine.pause(true)
  }

  resume(): void {
    this.#engine.pause(false)
  }

  /**
   * Closes for good. What was accepted for sending goes first where there is a connection; `closeTimeout` covers all of it.
   * @param code in Node what RFC 6455 §7.4 allows, in browsers 1000 or 3000-4999. @param reason at most 123 bytes of UTF-8
   */
  close(code?: number, reason?: string): Promise<CloseEvent> {
    this.#engine.close(NEVER, code, reason)
    return this.closed
  }

  /** Ends at once, for good, without a closing handshake. */
  terminate(error?: Error): void {
    this.#engine.terminate(error)
  }

  /** Gives up what is not open: the attempt that runs, or the one to come. @returns whether there was one */
  cancel(): boolean {
    const isPending = !this.readyState
    if (isPending) this.terminate()
    return isPending
  }

  /** Connects anew in `delay` ms: also after a final `close`, and in its handler. An open connection is closed before. */
  reconnect(delay = 0): void {
    this.#engine.close(delay)
  }

  /** Messages by pull, until the client has closed for good; meanwhile no `message` handler is called. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    return this.#engine.claim()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close() as Promise<never>
  }
}
