// The public face of a client, the same in Node and in browsers. Knows what it may say to whom inside; it holds no state.
import type { ClientEvents, CloseEvent, OpenEvent } from './events.js'
import { NEVER } from './life.js'
import { Lifecycle } from './lifecycle.js'
import type { Message, Payload, Platform, SendOptions } from './link.js'
import type { ClientOptions, UrlOption } from './options.js'

export abstract class Client<Target> {
  readonly #cycle: Lifecycle<Target>

  /** @throws UsageError */
  constructor(platform: Platform<Target>, url: UrlOption, options: ClientOptions) {
    this.#cycle = new Lifecycle(platform, url, options)
  }

  /** Adds a handler; those of one event run in the order in which they were added. What it returns is not awaited. */
  on<E extends keyof ClientEvents>(event: E, handler: (value: ClientEvents[E]) => unknown): this {
    this.#cycle.add(event, handler)
    queueMicrotask(() => this.#cycle.inbox.flush())
    return this
  }

  off<E extends keyof ClientEvents>(event: E, handler: (value: ClientEvents[E]) => unknown): this {
    this.#cycle.remove(event, handler)
    return this
  }

  /** As browsers count: 0 not open (yet, or again), 1 open, 2 closing, 3 closed for good. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#cycle.life.readyState
  }

  /** The one that was agreed on for this connection, or ''. */
  get subprotocol(): string {
    return this.#cycle.life.link?.status.protocol ?? ''
  }

  /** As in the response of this connection, or ''. */
  get extensions(): string {
    return this.#cycle.life.link?.status.extensions ?? ''
  }

  /** Bytes, about, that were accepted for sending and have not left this process. */
  get bufferedAmount(): number {
    return this.#cycle.outgoing.bufferedAmount
  }

  /** Resolves when the client is open; rejects when it has given up, with what broke the last attempt. */
  get opened(): Promise<OpenEvent> {
    const cycle = this.#cycle
    return cycle.until(() => {
      if (this.readyState === 1) return cycle.openEvent
      return this.readyState === 3 && Promise.reject(cycle.closeEvent!.error ?? cycle.platform.failure('WS_ERR_CLOSED'))
    })
  }

  /** Resolves when the client has closed for good; never rejects. */
  get closed(): Promise<CloseEvent> {
    return this.#cycle.until(() => this.readyState === 3 && this.#cycle.closeEvent)
  }

  /**
   * Sends a message: a string as text, bytes as binary.
   * @returns false, and nothing was sent or kept: the queue is full, the client is closing, or `queueWhileDisconnected` is off
   * @throws UsageError for what cannot be sent
   */
  send(data: Payload, options: SendOptions = {}): boolean {
    return this.#cycle.outgoing.send(data, options)
  }

  /** Resolves when everything that was accepted for sending has left this process, or was given up. */
  drained(): Promise<void> {
    return this.#cycle.until(() => (!this.bufferedAmount as true)) as Promise<never>
  }

  /**
   * @param payload at most 125 bytes (RFC 6455 §5.5). @returns whether it was sent: never in a browser, which has no Pings
   * @throws UsageError for a payload that is too long
   */
  ping(payload: Payload = ''): boolean {
    return this.#cycle.life.link?.ping?.(payload) ?? false
  }

  /** Messages wait; in Node reading stops as well. */
  pause(): void {
    this.#cycle.inbox.setPaused(true)
  }

  resume(): void {
    this.#cycle.inbox.setPaused(false)
  }

  /**
   * Closes for good. What was accepted for sending goes first where there is a connection; `closeTimeout` covers all of it.
   * @param code in Node what RFC 6455 §7.4 allows, in browsers 1000 or 3000-4999. @param reason at most 123 bytes of UTF-8
   */
  close(code = 1000, reason = ''): Promise<CloseEvent> {
    this.#cycle.platform.checkClose(code, reason)
    if (this.readyState) this.#cycle.startClosing(NEVER, code, reason)
    else this.terminate()
    return this.closed
  }

  /** Ends at once, for good, without a closing handshake. */
  terminate(error?: Error): void {
    this.#cycle.terminate(error)
  }

  /** Gives up what is not open: the attempt that runs, or the one to come. @returns whether there was one */
  cancel(): boolean {
    const isPending = this.readyState === 0
    if (isPending) this.terminate()
    return isPending
  }

  /** Connects anew in `delay` ms: also after a final `close`, and in its handler. An open connection is closed before. */
  reconnect(delay = 0): void {
    const { life } = this.#cycle
    if (life.link) this.#cycle.startClosing(delay)
    else if (this.readyState || life.delay !== undefined) this.#cycle.wait(delay)
  }

  /** Messages by pull, until the client has closed for good; meanwhile no `message` handler is called. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    return this.#cycle.inbox.claim()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close() as Promise<never>
  }
}
