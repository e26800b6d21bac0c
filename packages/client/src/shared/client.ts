// The client that stays connected: one life after the other, over whatever a platform connects. The one place that moves its
// state. Knows time and messages; no frames, no sockets, no Node and no browser.
import { Emitter } from './emitter.js'
import type { ClientEvents, CloseEvent, OpenEvent } from './events.js'
import { Inbox } from './inbox.js'
import { CLOSED, type Life, type Waiter, type Wish, failed } from './life.js'
import type { Link, LinkEnd, LinkOwner, Message, Payload, Platform, SendOptions } from './link.js'
import { type ClientOptions, type Settings, resolveSettings } from './options.js'
import { Outgoing } from './outgoing.js'
import { type Outcome, nextDelay } from './reconnect-policy.js'

export type UrlOption = string | URL | (() => string | URL | Promise<string | URL>)

export abstract class Client<Target> {
  readonly #platform: Platform<Target>
  readonly #settings: Settings
  readonly #url: () => Promise<Target>
  readonly #emitter = new Emitter<ClientEvents>()
  readonly #inbox: Inbox
  readonly #outgoing: Outgoing
  #life: Life = CLOSED
  #wish: Wish
  #attempts = 0
  #openEvent: OpenEvent | undefined
  #closeEvent: CloseEvent | undefined
  /** Who waits for `opened`, and for `closed`. */
  #opening: Waiter<OpenEvent>[] = []
  #closing: Waiter<CloseEvent>[] = []

  /** @throws UsageError */
  constructor(platform: Platform<Target>, url: UrlOption, options: ClientOptions) {
    this.#platform = platform
    this.#settings = resolveSettings(options)
    const fixed = typeof url === 'function' ? undefined : platform.parseUrl(url)
    this.#url = async () => fixed ?? platform.parseUrl(await (url as () => Promise<string>)())
    const emitter = this.#emitter
    this.#inbox = new Inbox({
      get hasListeners() { return emitter.has('message') },
      deliver: (message) => emitter.emit('message', message),
      setFlow: (isFlowing) => this.#link?.setFlow?.(isFlowing),
    })
    this.#outgoing = new Outgoing(this.#settings, platform, (data, reason) => emitter.emit('dropped', { data, reason }))
    options.signal?.addEventListener('abort', this.#onAbort)
    // Handlers that are added in this turn miss nothing.
    const life = (this.#life = { readyState: 0, delay: 0, timer: undefined })
    queueMicrotask(() => { if (this.#life === life) this.#connect() })
  }

  /** Adds a handler; those of one event run in the order in which they were added. What it returns is not awaited. */
  on<E extends keyof ClientEvents>(event: E, handler: (value: ClientEvents[E]) => unknown): this {
    this.#emitter.add(event, handler as never)
    if (event === 'message') queueMicrotask(() => this.#inbox.flush())
    return this
  }

  off<E extends keyof ClientEvents>(event: E, handler: (value: ClientEvents[E]) => unknown): this {
    this.#emitter.remove(event, handler as never)
    return this
  }

  /** As browsers count: 0 not open (yet, or again), 1 open, 2 closing, 3 closed for good. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#life.readyState
  }

  /** The one that was agreed on for this connection, or ''. */
  get subprotocol(): string {
    return this.#link?.subprotocol ?? ''
  }

  /** As in the response of this connection, or ''. */
  get extensions(): string {
    return this.#link?.extensions ?? ''
  }

  /** Bytes, about, that were accepted for sending and have not left this process. */
  get bufferedAmount(): number {
    return this.#outgoing.bufferedAmount
  }

  /** Resolves when the client is open; rejects when it has given up, with what broke the last attempt. */
  get opened(): Promise<OpenEvent> {
    return new Promise((resolve, reject) => {
      if (this.readyState === 1) resolve(this.#openEvent!)
      else if (this.readyState === 3) reject(this.#failure())
      else this.#opening.push({ resolve, reject })
    })
  }

  /** Resolves when the client has closed for good; never rejects. */
  get closed(): Promise<CloseEvent> {
    return new Promise((resolve, reject) => {
      if (this.readyState === 3) resolve(this.#closeEvent!)
      else this.#closing.push({ resolve, reject })
    })
  }

  /**
   * Sends a message: a string as text, bytes as binary.
   * @returns false, and nothing was sent or kept: the queue is full, the client is closing, or `queueWhileDisconnected` is off
   * @throws UsageError for what cannot be sent
   */
  send(data: Payload, options: SendOptions = {}): boolean {
    const { readyState } = this
    if (readyState > 1 || (readyState === 0 && !this.#settings.queueWhileDisconnected)) return false
    return this.#outgoing.send(data, options)
  }

  /** Resolves when everything that was accepted for sending has left this process, or was given up. */
  drained(): Promise<void> {
    return this.#outgoing.drained()
  }

  /** @returns whether it was sent: never in a browser, which has no Pings */
  ping(payload: Payload = ''): boolean {
    return this.readyState === 1 && this.#link?.ping?.(payload) === true
  }

  /** Messages wait; in Node reading stops as well. */
  pause(): void {
    this.#inbox.setPaused(true)
  }

  resume(): void {
    this.#inbox.setPaused(false)
  }

  /**
   * Closes for good. What was accepted for sending goes first where there is a connection; `closeTimeout` covers all of it.
   * @param code in Node what RFC 6455 §7.4 allows, in browsers 1000 or 3000-4999. @param reason at most 123 bytes of UTF-8
   */
  close(code = 1000, reason = ''): Promise<CloseEvent> {
    this.#platform.checkClose(code, reason)
    this.#end('end', () => this.#startClosing(code, reason))
    return this.closed
  }

  /** Ends at once, for good, without a closing handshake. */
  terminate(error?: Error): void {
    this.#end('end', (link) => link.terminate(error), error)
  }

  /** Gives up what is not open: the attempt that runs, or the one to come. @returns whether there was one */
  cancel(): boolean {
    const isPending = this.readyState === 0
    if (isPending) this.#end('end')
    return isPending
  }

  /** Connects anew in `delay` ms: also after a final `close`, and in its handler. An open connection is closed before. */
  reconnect(delay = 0): void {
    const life = this.#life
    if ('link' in life) this.#end(delay, () => this.#startClosing(1000, ''))
    else if (!('abort' in life)) this.#wait(delay)
  }

  /** Messages by pull, until the client has closed for good; meanwhile no `message` handler is called. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Message, undefined> {
    if (this.#inbox.isClaimed) throw new this.#platform.UsageError('WS_ERR_CLAIMED', 'the messages go to another loop, or stream, already')
    return this.#inbox.claim()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  get #link(): Link | undefined {
    return 'link' in this.#life ? this.#life.link : undefined
  }

  /** The one place that moves its life on. */
  #enter(life: Life): void {
    if ('timer' in this.#life) this.#settings.clock.clearTimeout(this.#life.timer)
    this.#life = life
  }

  #after(delay: number, callback: () => void): unknown {
    return this.#settings.clock.setTimeout(callback, delay)
  }

  #wait(delay: number): void {
    this.#wish = undefined
    this.#enter({ readyState: 0, delay, timer: this.#after(delay, () => this.#connect()) })
  }

  readonly #onAbort = (): void => this.terminate(this.#settings.signal!.reason as Error)

  #connect(): void {
    const { clock, handshakeTimeout, signal } = this.#settings
    const abort = new AbortController()
    const { WebSocketError } = this.#platform
    const timer = this.#after(handshakeTimeout, () => {
      this.#abort(abort, new WebSocketError('WS_ERR_HANDSHAKE_TIMEOUT', `no connection in ${handshakeTimeout} ms`))
    })
    const life: Life = { readyState: 0, abort, timer }
    this.#enter(life)
    if (signal?.aborted === true) return this.#onAbort()
    const attempt = { signal: abort.signal, clock, onConnect: (info: ClientEvents['connect']) => this.#emitter.emit('connect', info) }
    void this.#url().then((target) => this.#platform.connect(target, attempt)).then(
      (link) => { if (this.#life === life) this.#onLink(link); else link.terminate() },
      (error: Error) => { if (this.#life === life) this.#onEnd(failed(error)) },
    )
  }

  /** Gives an attempt up; what becomes of it afterwards counts no more. */
  #abort(abort: AbortController, error: Error | undefined): void {
    abort.abort(error)
    this.#onEnd(failed(error, 'local'))
  }

  #onLink(link: Link): void {
    const openEvent = { response: link.response, reconnected: this.#openEvent !== undefined }
    this.#openEvent = openEvent
    this.#enter({ readyState: 1, link, since: this.#settings.clock.now() })
    this.#outgoing.attach(link)
    this.#emitter.emit('open', openEvent)
    for (const { resolve } of this.#opening.splice(0)) resolve(openEvent)
    this.#inbox.begin()
    this.#outgoing.release()
    link.start(this.#linkOwner())
  }

  #linkOwner(): LinkOwner {
    return {
      onMessage: (message) => this.#inbox.push(message),
      onPing: (payload) => this.#emitter.emit('ping', payload),
      onPong: (payload) => this.#emitter.emit('pong', payload),
      onReady: () => this.#outgoing.flush(),
      onConfirmed: (count) => this.#outgoing.confirm(count),
      onEnd: (end) => this.#onEnd(end),
    }
  }

  #end(wish: Wish, endLink?: (link: Link) => void, error?: Error): void {
    const life = this.#life
    if (life.readyState === 3) return
    this.#wish = wish
    if ('abort' in life) this.#abort(life.abort, error)
    else if ('link' in life) endLink?.(life.link)
    else this.#onEnd({ ...(this.#closeEvent ?? failed(error, 'local')), ...(error && { error }) })
  }

  #startClosing(code: number, reason: string): void {
    const life = this.#life
    if (life.readyState !== 1) return
    const { link } = life
    this.#enter({ ...life, readyState: 2, timer: this.#after(this.#settings.closeTimeout, () => link.terminate()) })
    this.#inbox.beginClosing()
    this.#outgoing.whenHanded(() => link.close(code, reason))
  }

  #onEnd(end: LinkEnd): void {
    const { clock, policy } = this.#settings
    const before = this.#life
    // The server has answered our Close: it has taken all that came before.
    const unconfirmed = this.#outgoing.detach(end.clean && end.initiator === 'local')
    if ('since' in before && clock.now() - before.since >= (policy?.stableAfter ?? 0)) this.#attempts = 0
    const delay = this.#delayAfter(end)
    const event: CloseEvent = { ...end, final: delay === undefined, unconfirmed }
    this.#closeEvent = event
    if (delay === undefined) this.#enter(CLOSED)
    else this.#wait(delay)
    if (end.error !== undefined && !('delay' in before)) this.#emitter.emit('error', end.error)
    // A handler that has closed the client has had its own, last event.
    if (this.#closeEvent === event) this.#emitter.emit('close', event)
    // Handlers may have changed what comes next.
    const life = this.#life
    if ('delay' in life) this.#emitter.emit('reconnecting', { attempt: ++this.#attempts, delay: life.delay, cause: event })
    else if (life === CLOSED && this.#closeEvent === event) this.#settle(event)
  }

  #delayAfter({ code, error }: LinkEnd): number | undefined {
    if (this.#wish !== undefined) return this.#wish === 'end' ? undefined : this.#wish
    if (error instanceof this.#platform.UsageError) return undefined
    const { policy, random } = this.#settings
    const { status, retryAfter } = (error ?? {}) as Partial<Outcome>
    return nextDelay(policy, { attempt: this.#attempts, outcome: { code, status, retryAfter, error }, random })
  }

  #settle(event: CloseEvent): void {
    this.#settings.signal?.removeEventListener('abort', this.#onAbort)
    this.#inbox.end()
    this.#outgoing.close()
    for (const { reject } of this.#opening.splice(0)) reject(this.#failure())
    for (const { resolve } of this.#closing.splice(0)) resolve(event)
  }

  #failure(): Error {
    const { code, reason, error } = this.#closeEvent!
    return error ?? new this.#platform.WebSocketError('WS_ERR_CLOSED', `the client has closed: ${code}${reason === '' ? '' : ` ${reason}`}`)
  }
}
