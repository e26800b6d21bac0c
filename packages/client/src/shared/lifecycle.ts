// The life of a client: one attempt, and one connection, after the other, over whatever a platform connects. The one place that
// moves its state. Knows time; no frames, no sockets, no Node and no browser.
import { Emitter } from './emitter.js'
import type { ClientEvents, CloseEvent, OpenEvent } from './events.js'
import { Inbox } from './inbox.js'
import { CLOSED, type Connecting, type Life, NEVER, broken } from './life.js'
import type { Link, LinkEnd, LinkOwner, Platform } from './link.js'
import type { ClientOptions, UrlOption } from './options.js'
import { Outgoing } from './outgoing.js'
import { type ReconnectOptions, nextDelay } from './reconnect-policy.js'
import { type Clock, systemClock } from './clock.js'

export class Lifecycle<Target> extends Emitter<ClientEvents> implements LinkOwner {
  readonly platform: Platform<Target>
  readonly options: ClientOptions
  readonly clock: Clock
  readonly inbox = new Inbox(this)
  readonly outgoing: Outgoing
  life: Life = CLOSED
  openEvent: OpenEvent | undefined
  closeEvent: CloseEvent | undefined
  readonly #target: () => Promise<Target>
  /** The delay that the application wants after the connection that goes on now. */
  #wish: number | undefined
  #failures = 0
  #timer: unknown
  /** Who waits for a state: asked at each change, until they have what they waited for. */
  #waiters: (() => boolean)[] = []

  /** @throws UsageError */
  constructor(platform: Platform<Target>, url: UrlOption, options: ClientOptions) {
    super()
    this.platform = platform
    this.options = options
    this.clock = options.clock ?? systemClock
    this.outgoing = new Outgoing(this)
    const fixed = typeof url === 'function' ? undefined : platform.parseUrl(url)
    this.#target = async () => fixed ?? platform.parseUrl(await (url as () => Promise<string>)())
    void this.#connect()
  }

  /** @param answer as long as it is none, it is waited for */
  until<T>(answer: () => T | Promise<T> | undefined | false): Promise<T> {
    return new Promise((resolve) => {
      this.#waiters.push(() => {
        const value = answer()
        if (value) resolve(value)
        return !value
      })
      this.update()
    })
  }

  /** Something has changed, or the link can take more. */
  update(): void {
    this.outgoing.flush()
    this.#waiters = this.#waiters.filter((isWaiting) => isWaiting())
    this.inbox.flush()
  }

  /** Another attempt after so many ms. */
  wait(delay: number): void {
    this.#wish = undefined
    this.#enter({ readyState: 0, delay }, delay, () => void this.#connect())
  }

  /** A closing handshake, behind what waits to be sent. @param wish the delay until the next attempt */
  startClosing(wish: number, code = 1000, reason = ''): void {
    const { life } = this
    this.#wish = wish
    if (life.readyState !== 1) return
    const { closeTimeout = 10_000 } = this.options
    this.#enter({ ...life, readyState: 2 }, closeTimeout, () => this.onEnd(broken()))
    void this.until(() => !this.outgoing.waitingBytes).then(() => life.link.close(code, reason))
  }

  /** Ends at once, and for good. */
  terminate(error?: Error): void {
    if (this.life === CLOSED) return
    this.#wish = NEVER
    // Between two attempts the last connection's end was the end.
    this.onEnd((!error && this.life.delay && this.closeEvent) || broken(error, 'local'))
  }

  onOpen(link: Link): void {
    const event = (this.openEvent = { response: link.response, reconnected: !!this.openEvent })
    this.#enter({ ...(this.life as Connecting), readyState: 1, link, since: this.clock.now() })
    // The handlers have their say before what waits: credentials, say.
    this.outgoing.isHeld = true
    this.emit('open', event)
    this.outgoing.isHeld = false
    this.update()
  }

  onEnd(end: LinkEnd): void {
    const before = this.life
    const { error } = end
    const { stableAfter = 5_000 } = (this.options.reconnect ?? {}) as ReconnectOptions
    before.cut?.(error)
    // The server has answered our Close: it has taken all that came before.
    const unconfirmed = this.outgoing.detach(end.clean && end.initiator === 'local')
    if (this.clock.now() - before.since! >= stableAfter) this.#failures = 0
    const delay = this.#wish ?? nextDelay(this.options, end, this.#failures)
    const event = (this.closeEvent = { ...end, final: delay === NEVER, unconfirmed })
    if (event.final) this.#enter(CLOSED)
    else this.wait(delay)
    if (error && before.delay === undefined) this.emit('error', error)
    // A handler that has closed the client has had its own, last event.
    if (this.closeEvent === event) this.emit('close', event)
    if (this.closeEvent !== event) return
    // Handlers may have changed what comes next.
    if (this.life === CLOSED) this.#settle()
    else if (this.life.delay !== undefined) this.emit('reconnecting', { attempt: ++this.#failures, delay: this.life.delay, cause: event })
  }

  #settle(): void {
    this.options.signal?.removeEventListener('abort', this.#onAbort)
    this.update()
  }

  #enter(life: Life, delay?: number, then?: () => void): void {
    this.clock.clearTimeout(this.#timer)
    this.#timer = then && this.clock.setTimeout(then, delay!)
    this.life = life
  }

  readonly #onAbort = (): void => this.terminate(this.options.signal!.reason as Error)

  async #connect(): Promise<void> {
    const life: Connecting = { readyState: 0 }
    const { handshakeTimeout = 10_000, signal } = this.options
    this.#enter(life, handshakeTimeout, () => this.onEnd(broken(this.platform.failure('WS_ERR_HANDSHAKE_TIMEOUT'))))
    try {
      // Handlers that are added in this turn miss nothing.
      await Promise.resolve()
      signal?.addEventListener('abort', this.#onAbort)
      if (signal?.aborted) this.#onAbort()
      const target = await this.#target()
      if (this.life === life) life.cut = this.platform.connect(target, this)
    } catch (error) {
      if (this.life === life) this.onEnd(broken(error as Error, 'peer'))
    }
  }
}
